import type { Client } from '@temporalio/client';
import type { GlobalOptions, Surroundings } from './context.js';
import type { Rollouts, Session } from './session.js';

/** A session on Temporal as the options and the environment say. Its parts are loaded when first asked for. */
export function createSession(options: GlobalOptions, { user }: Surroundings): Session {
  const client = once(() => connect(options, user));
  const rollouts = once(async () => openRollouts(await client()));
  return {
    client,
    rollouts,
    close: async () => {
      if (client.wasAsked()) await closeQuietly(client());
    },
  };
}

async function connect({ address, namespace, profile }: GlobalOptions, user: string): Promise<Client> {
  const { connectToTemporal } = await import('../client/temporal.js');
  return connectToTemporal({
    identity: user,
    ...(address === undefined ? {} : { address }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(profile === undefined ? {} : { profile }),
  });
}

async function openRollouts(client: Client): Promise<Rollouts> {
  const { CanaryDeployment } = await import('../client/canary-deployment.js');
  return new CanaryDeployment({ client });
}

/** What could not be connected need not be closed. */
async function closeQuietly(client: Promise<Client>): Promise<void> {
  await client.then(
    ({ connection }) => connection.close(),
    () => undefined,
  );
}

interface Once<Value> {
  (): Promise<Value>;
  wasAsked(): boolean;
}

function once<Value>(make: () => Promise<Value>): Once<Value> {
  let made: Promise<Value> | undefined;
  return Object.assign(() => (made ??= make()), { wasAsked: () => made !== undefined });
}
