import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { leaveToOthers } from '../../src/activities/leave-to-others.js';
import type { OtherWorkers } from '../../src/ports/other-workers.js';
import { fitService, portsOf } from './support/fabricated.js';

const ports = portsOf(fitService());
const services = () => Promise.resolve([]);
const some: OtherWorkers = { mayKnow: () => Promise.resolve(true), services };
const none: OtherWorkers = { mayKnow: () => Promise.resolve(false), services };
const nobodyIsAsked: OtherWorkers = { mayKnow: () => Promise.reject(new Error('asked')), services };

function run(
  service: string,
  others: OtherWorkers,
  info: ConstructorParameters<typeof MockActivityEnvironment>[0] = {},
) {
  const activity = leaveToOthers(
    { ports, others },
    (input: { service: string }) => input.service,
    ({ service: name }) => Promise.resolve(`done for ${name}`),
  );
  return new MockActivityEnvironment(info).run(() => activity({ service }));
}

describe('an activity of a service', () => {
  test('that this worker knows is done here, and nobody is asked [W34]', async () => {
    expect(await run('checkout', nobodyIsAsked)).toBe('done for checkout');
  });

  test('that it does not know is left to workers that may know it [W34]', async () => {
    await expect(run('shop', some)).rejects.toMatchObject({
      type: 'UNKNOWN_SERVICE_HERE',
      nonRetryable: false,
      message: 'this worker does not know the service "shop": left to another one',
    });
  });

  test('that nobody knows is done here, so that somebody says what is missing [W34]', async () => {
    expect(await run('shop', none)).toBe('done for shop');
  });

  test('that is of this very workflow task is given back without asking [W34]', async () => {
    await expect(run('shop', nobodyIsAsked, { isLocal: true })).rejects.toMatchObject({ type: 'UNKNOWN_SERVICE_HERE' });
  });

  test('that has a memory is left to the server to hand on, which keeps it [W34]', async () => {
    await expect(run('shop', some, { heartbeatDetails: { picture: null } })).rejects.toMatchObject({
      type: 'UNKNOWN_SERVICE_HERE_SO_FAR',
    });
  });
});
