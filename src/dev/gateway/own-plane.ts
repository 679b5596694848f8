import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { devConfigFile } from '../config-file.js';
import { freePort } from '../free-port.js';
import type { Releasers } from '../releasers.js';
import { DRAIN_MS, entranceOf, gatewayEnv, isPortTaken, routeOf } from './gateway-parts.js';
import { startGatewayProcess } from './gateway-process.js';
import { superviseGateway } from './supervised-gateway.js';
import { endLeftGateways } from './left-gateways.js';
import type { DataPlane, OwnServices, PlaneSurroundings } from './plane.js';
import { ownerOf, stateFileOf } from './state.js';

/** A gateway for services that live in this very process: it ends with them, however that comes. */
export async function startOwnPlane(
  { services, trafficPort, adminPort, grainMs }: OwnServices,
  { directory, persistent, say, env = process.env, reaper }: PlaneSurroundings,
  releasers: Releasers,
): Promise<DataPlane> {
  const configFile = join(directory, 'headgate.yaml');
  const owner = await ownerOf(directory, configFile);
  await endLeftGateways(owner, [], say);
  const state = await stateFileOf(directory, 'gateway', persistent);
  releasers.add("the gateway's memory", state, (one) => one.forget());
  const gateway = {
    owner,
    routes: services.map(({ name, backends }) => routeOf(name, backends, services.length === 1)),
    stateFile: state.path,
    drainMs: DRAIN_MS,
    ...(grainMs === undefined ? {} : { ring: { grainMs } }),
  };
  const start = (ports: { readonly trafficPort: number; readonly adminPort: number }) =>
    startGatewayProcess({
      gateway: { ...gateway, ...ports },
      env: gatewayEnv(env),
      ...(reaper === undefined ? {} : { reaper }),
    });
  const preferred = { trafficPort: await freePort(trafficPort), adminPort: await freePort(adminPort) };
  const first = await start(preferred).catch((error: unknown) => {
    if (!isPortTaken(error)) throw error;
    // Somebody has taken one in the very moment.
    return start({ trafficPort: 0, adminPort: 0 });
  });
  const ports = { trafficPort: portOf(first.trafficUrl), adminPort: portOf(first.adminUrl) };
  const kept = superviseGateway({ first, startAgain: () => start(ports), outlivesUs: false, say });
  releasers.add('the gateway', kept, (one) => one.release());
  const memory = {
    journalDirectory: join(directory, 'journal'),
    observationsDirectory: join(directory, 'observations'),
  };
  const instances = { kind: 'gateway', instances: [kept.adminUrl] };
  const parts = { name: 'gateway', router: instances, metrics: instances };
  await writeFile(configFile, devConfigFile({ ...parts, ...memory, services }));
  // Without the services that live in here nothing would be left to serve.
  return { gateways: [entranceOf(kept)], configFile, isOurs: true, directory, outlivesUs: () => undefined };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
