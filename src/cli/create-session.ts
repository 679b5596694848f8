import type { HeadgateConfig } from '../config/types.js';
import type { RawOptions, Surroundings } from './context.js';
import { once } from './once.js';
import { recallFrom } from './recall.js';
import type { Client, Journal, Rollouts, Session } from './session.js';

/** As much of the configuration as finds a rollout. */
type Place = Pick<HeadgateConfig, 'temporal' | 'workflowIdPrefix'>;

/** A session as the options, the configuration and the environment say. Its parts are loaded when first asked for. */
export function createSession(options: RawOptions, surroundings: Surroundings): Session {
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
    rollouts: once(async () => openRollouts(await client(), await place(), journal)),
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

async function openRollouts(client: Client, place: Place, journal: () => Promise<Journal>): Promise<Rollouts> {
  const { CanaryDeployment } = await import('../client/canary-deployment.js');
  const { taskQueue } = place.temporal;
  return new CanaryDeployment({
    client,
    workflowIdPrefix: place.workflowIdPrefix,
    ...(taskQueue === undefined ? {} : { taskQueue }),
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
