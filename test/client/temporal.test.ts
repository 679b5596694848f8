import { expect, inject, test } from 'vitest';
import { ServerUnreachableError } from '../../src/client/errors.js';
import { connectToTemporal } from '../../src/client/temporal.js';
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
