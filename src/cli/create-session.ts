import type { HeadgateConfig } from '../config/types.js';
import { createKinds, type Kinds } from '../domain/rollout/kinds.js';
import type { CommandKind } from './kind.js';
import type { RawOptions, Surroundings } from './context.js';
import { once } from './once.js';
import { recallFrom } from './recall.js';
import type { Client, Journal, Monitor, Rollouts, Session } from './session.js';

/** As much of the configuration as finds a rollout, and says what may be started. */
type Place = Pick<HeadgateConfig, 'temporal' | 'workflowIdPrefix'> &
  Partial<Pick<HeadgateConfig, 'defaults' | 'tiers'>>;

/**
 * A session as the options, the configuration and the environment say. Its parts are loaded when first asked for.
 *
 * @param kinds the kinds of rollouts that it works with. Default: those that Headgate comes with.
 */
export function createSession(
  options: RawOptions,
  surroundings: Surroundings,
  kinds: () => Promise<readonly CommandKind[]> = async () => (await import('./kinds.js')).COMMAND_KINDS,
): Session {
  let isTolerant = false;
  const config = once(() => readConfig(options, surroundings));
  const place = once(() => (isTolerant ? placeDespite(config, surroundings) : config()));
  const client = once(async () => connect(options, await place(), surroundings.user));
  const journal = once(async () => (await import('../wiring/create-ports.js')).createJournal(await config()));
  return {
    config,
    client,
    journal,
    observations: once(async () => (await import('../wiring/create-ports.js')).createObservations(await config())),
    rollouts: once(async () => openRollouts(await client(), await place(), journal, await kindsOf(kinds))),
    monitor: once(async () => openMonitor(await client(), await place(), journal)),
    kinds,
    ports: once(async () =>
      (await import('../wiring/create-ports.js')).createPorts(await config(), { ...surroundings.env }),
    ),
    tolerateBadConfig: () => {
      isTolerant = true;
    },
    close: async () => {
      if (client.wasAsked()) await closeQuietly(client());
    },
  };
}

async function kindsOf(kinds: () => Promise<readonly CommandKind[]>): Promise<Kinds> {
  return createKinds((await kinds()).map(({ rollout }) => rollout));
}

async function readConfig({ config: file }: RawOptions, { env, cwd }: Surroundings): Promise<HeadgateConfig> {
  const { loadConfig } = await import('../config/load-config.js');
  return loadConfig({ env: { ...env }, cwd, ...(file === undefined ? {} : { file }) });
}

/** Where rollouts are, as far as the environment alone tells. */
async function placeDespite(config: () => Promise<Place>, { env, stderr }: Surroundings): Promise<Place> {
  try {
    return await config();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    stderr.write(`! going on without the configuration, which is refused: ${why}\n`);
    const taskQueue = env.HEADGATE_TASK_QUEUE ?? '';
    return {
      temporal: taskQueue === '' ? {} : { taskQueue },
      workflowIdPrefix: env.HEADGATE_WORKFLOW_ID_PREFIX ?? '',
    };
  }
}

/** The option counts most, then headgate.yaml, then Temporal's own configuration: as for the worker. */
async function connect(options: RawOptions, { temporal }: Place, user: string): Promise<Client> {
  const { connectToTemporal } = await import('../client/temporal.js');
  const { loadDataConverter } = await import('../wiring/data-converter.js');
  const namespace = options.namespace ?? temporal.namespace;
  const profile = options.profile ?? temporal.profile;
  return connectToTemporal({
    identity: user,
    ...(temporal.payloadCodec === undefined ? {} : { dataConverter: await loadDataConverter(temporal.payloadCodec) }),
    ...(options.address === undefined ? {} : { address: options.address }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(profile === undefined ? {} : { profile }),
  });
}

/** What the commands ask of the client library, in the place and the tier that are configured. */
export async function openRollouts(
  client: Client,
  { temporal, workflowIdPrefix, defaults, tiers }: Place,
  journal: () => Promise<Journal>,
  kinds?: Kinds,
): Promise<Rollouts> {
  const { CanaryDeployment } = await import('../client/canary/canary-deployment.js');
  const { BlueGreenDeployment } = await import('../client/blue-green/blue-green-deployment.js');
  const { DeploymentManager } = await import('../client/deployment-manager.js');
  const options = {
    client,
    workflowIdPrefix,
    ...(temporal.taskQueue === undefined ? {} : { taskQueue: temporal.taskQueue }),
    ...(defaults === undefined ? {} : { tier: defaults.tier }),
    ...(tiers === undefined ? {} : { tiers }),
    recall: recallFrom(journal),
  };
  const canaries = new CanaryDeployment(options);
  const blueGreens = new BlueGreenDeployment(options);
  const all = new DeploymentManager({ ...options, ...(kinds === undefined ? {} : { kinds }) });
  return {
    start: (...given) => all.start(...given),
    anew: (...given) => all.anew(...given),
    promoteToNextStage: (...given) => canaries.promoteToNextStage(...given),
    approve: (...given) => canaries.approve(...given),
    reject: (...given) => canaries.reject(...given),
    finish: (...given) => canaries.finish(...given),
    switchTo: (...given) => blueGreens.switchTo(...given),
    undo: (...given) => all.undo(...given),
    getDeploymentStatus: (...given) => all.getDeploymentStatus(...given),
    pause: (...given) => all.pause(...given),
    resume: (...given) => all.resume(...given),
    setRollbackPolicy: (...given) => all.setRollbackPolicy(...given),
    rollback: (...given) => all.rollback(...given),
    emergencyStop: (...given) => all.emergencyStop(...given),
    list: (...given) => all.list(...given),
    stopTheLine: (...given) => all.stopTheLine(...given),
    releaseTheLine: (...given) => all.releaseTheLine(...given),
    getLine: () => all.getLine(),
  };
}

async function openMonitor(
  client: Client,
  { temporal, workflowIdPrefix }: Place,
  journal: () => Promise<Journal>,
): Promise<Monitor> {
  const { DeploymentMonitor } = await import('../client/deployment-monitor.js');
  return new DeploymentMonitor({
    client,
    workflowIdPrefix,
    ...(temporal.taskQueue === undefined ? {} : { taskQueue: temporal.taskQueue }),
    recall: recallFrom(journal),
  });
}

/** What could not be connected need not be closed. */
async function closeQuietly(client: Promise<Client>): Promise<void> {
  await client.then(
    ({ connection }) => connection.close(),
    () => undefined,
  );
}
