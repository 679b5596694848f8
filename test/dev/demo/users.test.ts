import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCheckoutSlot, VERSION_HEADER, type CheckoutSlot } from '../../../src/dev/demo/checkout-slot.js';
import { startLoad } from '../../../src/dev/demo/load.js';
import { Tally, type Answer } from '../../../src/dev/demo/tally.js';
import { DEMO_VERSIONS, drawLatencyMs } from '../../../src/dev/demo/versions.js';
import { until } from '../../helpers/until.js';

describe('a slot of the demo service', () => {
  let slot: CheckoutSlot;
  beforeAll(async () => {
    slot = await startCheckoutSlot('blue', DEMO_VERSIONS.first);
  });
  afterAll(() => slot.stop());

  test('says that it is well, which version it runs, and marks every answer with it', async () => {
    const version = await request(`${slot.url}/version`);
    expect(await version.body.json()).toEqual({ version: '1.0.0' });
    const order = await request(slot.url);
    expect(order.statusCode).toBe(200);
    expect(order.headers[VERSION_HEADER]).toBe('1.0.0');
    await order.body.dump();
    expect((await request(`${slot.url}/health`)).statusCode).toBe(200);
  });

  test('runs another version after a deployment', async () => {
    await (await request(`${slot.url}/deploy/1.2.0`, { method: 'POST' })).body.dump();
    expect(slot.version.version).toBe('1.2.0');
    slot.deploy(DEMO_VERSIONS.first);
    expect(await (await request(`${slot.url}/version`)).body.json()).toEqual({ version: '1.0.0' });
  });

  test('gets as many requests as were asked for, from users with a cookie, and no more', async () => {
    const answers: Answer[] = [];
    const load = startLoad({
      url: slot.url,
      requestsPerSecond: 200,
      users: 10,
      maxRequests: 40,
      cookie: 'uid',
      onAnswer: (answer) => answers.push(answer),
    });
    await until('all of them are answered', () => answers.length === 40);
    await load.stop();
    expect(answers.every(({ version, failed }) => version === '1.0.0' && !failed)).toBe(true);
  });
});

test('requests that nobody answers count as failed, for no version', async () => {
  const answers: Answer[] = [];
  const load = startLoad({
    url: 'http://127.0.0.1:9',
    requestsPerSecond: 100,
    users: 1,
    maxRequests: 3,
    cookie: 'uid',
    onAnswer: (answer) => answers.push(answer),
  });
  await until('all of them have failed', () => answers.length === 3);
  await load.stop();
  expect(answers.every(({ version, failed }) => version === null && failed)).toBe(true);
});

test('a slow version is slower than the slowest answer of a quick one', () => {
  expect(drawLatencyMs(DEMO_VERSIONS.slow, () => 0)).toBeGreaterThan(drawLatencyMs(DEMO_VERSIONS.first, () => 1));
});

test('what users see is counted by version, lately and in all', () => {
  const tally = new Tally();
  const answer = (version: string, sentAtMs: number, failed = false): Answer => ({
    version,
    failed,
    sentAtMs,
    latencyMs: 10,
  });
  for (let index = 0; index < 90; index += 1) tally.add(answer('1.0.0', 10_000 + index));
  for (let index = 0; index < 10; index += 1) tally.add(answer('1.2.0', 10_000 + index, index < 2));
  tally.add(answer('1.2.0', 1000, true));

  const { requests, byVersion } = tally.lately(10_100);
  expect(requests).toBe(100);
  expect(byVersion.get('1.2.0')).toEqual({ requests: 10, share: 0.1, errorShare: 0.2, p95Ms: 10 });
  expect(tally.of('1.2.0')).toEqual({ requests: 11, failed: 3, firstSentAtMs: 1000, lastSentAtMs: 10_009 });
  expect(tally.of('1.3.0')).toBeNull();
});
