import type { GatewayIdentity } from '../../adapters/gateway/who-answers.js';
import { HeadgateError } from '../../domain/errors.js';
import { packageVersion } from '../../gateway/identity.js';
import type { GatewayOwner } from '../../gateway/options.js';
import { GatewayFailedError, PortInUseError } from '../errors.js';
import { preferredPort } from '../free-port.js';
import type { Releasers } from '../releasers.js';
import { adoptGateway } from './adopt.js';
import { DRAIN_MS, entranceOf, gatewayEnv, isPortTaken } from './gateway-parts.js';
import { startGatewayProcess, type GatewayProcess } from './gateway-process.js';
import { superviseGateway, type SupervisedGateway } from './supervised-gateway.js';
import { endLeftGateways, rememberGateway } from './left-gateways.js';
import { localGateways, type LocalGateway } from './local-gateways.js';
import type { ConfiguredServices, DataPlane, Entrance, PlaneSurroundings } from './plane.js';
import { ownerOf, stateFileOf } from './state.js';
import { describeGateway, whoHas, whoHasPort } from './who-has-port.js';

/**
 * Serves where the configuration expects a gateway on this machine: by one of an earlier run that serves still, or by a
 * new one. Whoever else is there is refused, before anything is started.
 *
 * @throws PortInUseError
 */
export async function startConfiguredPlane(
  { config, configFile, trafficPort }: ConfiguredServices,
  surroundings: PlaneSurroundings,
  releasers: Releasers,
): Promise<DataPlane> {
  const { directory, say } = surroundings;
  const owner = await ownerOf(directory, configFile);
  const wanted = localGateways(config);
  const found = await Promise.all(wanted.map((gateway) => ownGatewayAt(gateway, owner)));
  await endLeftGateways(owner, wanted, say);
  const gateways: SupervisedGateway[] = [];
  const entrances: Entrance[] = [];
  for (const [index, gateway] of wanted.entries()) {
    const kept = await serve(
      { gateway, owner, serving: found[index] ?? null, trafficPort: index === 0 ? trafficPort : 0 },
      surroundings,
      releasers,
    );
    gateways.push(kept);
    entrances.push(entranceOf(kept));
  }
  return {
    gateways: entrances,
    configFile,
    isOurs: false,
    directory,
    outlivesUs(outlives) {
      for (const gateway of gateways) gateway.outlivesUs = outlives;
    },
  };
}

/** `null` when nobody is there. @throws PortInUseError when somebody else is. */
async function ownGatewayAt({ adminUrl }: LocalGateway, owner: GatewayOwner): Promise<GatewayIdentity | null> {
  const who = await whoHas(adminUrl);
  if (who.kind === 'nobody') return null;
  if (who.kind === 'gateway' && who.owner === owner.directory) return who;
  throw new PortInUseError(adminUrl, owner.config, who.kind === 'gateway' ? describeGateway(who) : who.what);
}

interface Serving {
  readonly gateway: LocalGateway;
  readonly owner: GatewayOwner;
  readonly serving: GatewayIdentity | null;
  readonly trafficPort: number;
}

async function serve(
  { gateway, owner, serving, trafficPort }: Serving,
  { directory, persistent, say, env = process.env, signal }: PlaneSurroundings,
  releasers: Releasers,
): Promise<SupervisedGateway> {
  const { adminUrl, adminHost, adminPort, routes } = gateway;
  const state = await stateFileOf(directory, `gateway-${String(adminPort)}`, persistent);
  const start = (port: number): Promise<GatewayProcess> =>
    startGatewayProcess({
      gateway: { owner, routes, adminHost, adminPort, trafficPort: port, stateFile: state.path, drainMs: DRAIN_MS },
      env: gatewayEnv(env),
    }).catch(async (error: unknown) => {
      throw await explained(error, gateway, owner);
    });
  const startFirst = async (): Promise<GatewayProcess> =>
    start(await preferredPort(trafficPort, { taker: 'the gateway', whoHasPort, say }));
  const first =
    serving === null
      ? await startFirst().catch((error: unknown) => {
          if (!isPortTaken(error)) throw error;
          // Somebody has taken the users' port in the very moment.
          return startFirst();
        })
      : await adoptGateway(adminUrl, serving, { owner, routes });
  if (serving !== null) {
    say(
      `the gateway at ${adminUrl} has served on since an earlier run (process ${String(first.pid)}): taken over as it is`,
    );
    if (serving.version !== packageVersion())
      say(`it is of Headgate ${serving.version}: Ctrl-C ends it, and the next start brings up ${packageVersion()}`);
  }
  const kept = superviseGateway({
    first,
    startAgain: () => start(Number(new URL(first.trafficUrl).port)),
    // One that has outlived an earlier run is not ended by a start that fails.
    outlivesUs: serving !== null,
    say,
  });
  const forget = await rememberGateway(directory, gateway);
  releasers.add('the gateway', kept, async (one) => {
    if (signal?.aborted === true) one.outlivesUs = false;
    await one.release();
    if (one.outlivesUs) return;
    await forget();
    await state.forget();
  });
  return kept;
}

/** Two environments may start in the same moment; and some ports are not for everybody. */
async function explained(error: unknown, { adminUrl, adminPort }: LocalGateway, owner: GatewayOwner): Promise<unknown> {
  if (!(error instanceof GatewayFailedError) || error.port !== adminPort) return error;
  if (error.code === 'EACCES') {
    return new HeadgateError('PORT_NOT_ALLOWED', `The system does not let you listen at ${adminUrl}`, {
      expected: 'a port that is free for everybody, such as 8081',
      got: error.message,
      remedy: `Choose another one under routers: and metrics: in ${owner.config}`,
      cause: error,
    });
  }
  if (!isPortTaken(error)) return error;
  return new PortInUseError(adminUrl, owner.config, await whoHasPort(adminPort));
}
