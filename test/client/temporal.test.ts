import { expect, inject, test } from 'vitest';
import { ServerUnreachableError } from '../../src/client/errors.js';
import { connectToTemporal, isUnreachable } from '../../src/client/temporal.js';
import { freePort } from '../../src/dev/free-port.js';
import { startRelay } from '../contract/support/relay.js';

test('a server that is not there is named by its address, with what to do [U-04]', async () => {
  const address = `127.0.0.1:${String(await freePort())}`;
  const error: unknown = await connectToTemporal({ address, timeoutMs: 500 }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ServerUnreachableError);
  expect(error).toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: `Temporal cannot be reached at ${address}`,
    remedy: expect.stringContaining('TEMPORAL_ADDRESS') as string,
    next: ['headgate doctor'],
  });
});

test('a server that takes connections and never answers is not waited for longer than told [U-04]', async () => {
  const [host = '', port = ''] = inject('temporalAddress').split(':');
  const relay = await startRelay({ host, port: Number(port) });
  relay.set('silent');
  try {
    const address = `${relay.host}:${String(relay.port)}`;
    await expect(connectToTemporal({ address, timeoutMs: 300 })).rejects.toBeInstanceOf(ServerUnreachableError);
  } finally {
    await relay.stop();
  }
});

test('a server that goes away after we connected is told from a rollout that is not there', async () => {
  const [host = '', port = ''] = inject('temporalAddress').split(':');
  const relay = await startRelay({ host, port: Number(port) });
  const client = await connectToTemporal({ address: `${relay.host}:${String(relay.port)}`, identity: 'ada@laptop' });
  try {
    expect(client.options.identity).toBe('ada@laptop');
    relay.set('refusing');
    const error: unknown = await client
      .withDeadline(Date.now() + 1000, () => client.workflow.getHandle('nobody').describe())
      .catch((reason: unknown) => reason);
    expect(isUnreachable(error)).toBe(true);
    relay.set('open');
    const missing: unknown = await client.workflow
      .getHandle('nobody')
      .describe()
      .catch((reason: unknown) => reason);
    expect(missing).toBeInstanceOf(Error);
    expect(isUnreachable(missing)).toBe(false);
    expect(isUnreachable(new Error('something else'))).toBe(false);
  } finally {
    await client.connection.close();
    await relay.stop();
  }
});
