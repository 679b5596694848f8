import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { readDrift, setWeights } from '../../src/activities/traffic.js';
import { AdapterUnavailableError, WeightsNotLastingError } from '../../src/domain/errors.js';
import type { Weights } from '../../src/domain/traffic/weights.js';
import type { InstanceWeights, TrafficRouter } from '../../src/ports/traffic-router.js';
import { fitService, worldOf } from './support/fabricated.js';

const FENCE = 16;
const QUARTER: Weights = [
  { backend: 'green', percent: 25 },
  { backend: 'blue', percent: 75 },
];
const OTHER: Weights = [
  { backend: 'green', percent: 60 },
  { backend: 'blue', percent: 40 },
];

/** A data plane that is told, and whose instances do what a test says. */
function routed(instances: readonly InstanceWeights[], told: TrafficRouter['setWeights'] = () => Promise.resolve()) {
  const router = { ...fitService().router, setWeights: told, readWeights: () => Promise.resolve(instances) };
  return worldOf(fitService({ router }));
}

const set = (ports: ReturnType<typeof routed>, activity = new MockActivityEnvironment()) =>
  activity.run(() =>
    setWeights(ports, { service: 'checkout', rolloutId: 'checkout@1', weights: QUARTER, fence: FENCE }),
  );
const drift = (ports: ReturnType<typeof routed>) =>
  readDrift(ports, { service: 'checkout', rolloutId: 'checkout@1', expected: QUARTER, fences: [FENCE] });

describe('weights count when they are read back', () => {
  test('from every instance [C-03]', async () => {
    const instances = ['a', 'b'].map((instance) => ({ instance, weights: QUARTER, fence: FENCE }));
    expect(await set(routed(instances))).toEqual({ outcome: 'set', instances: 2, weights: QUARTER });
  });

  test.each<[string, readonly InstanceWeights[], RegExp]>([
    [
      'one does something else',
      [
        { instance: 'a', weights: QUARTER, fence: FENCE },
        { instance: 'b', weights: OTHER, fence: FENCE },
      ],
      /b does green 60 %/,
    ],
    [
      'one cannot be reached',
      [
        { instance: 'a', weights: QUARTER, fence: FENCE },
        { instance: 'b', unreachable: 'gone' },
      ],
      /b cannot be reached: gone/,
    ],
    ['none answers', [], /no instance answers/],
  ])('and not when %s [C-03]', async (_, instances, why) => {
    await expect(set(routed(instances))).rejects.toMatchObject({
      type: 'NOT_READ_BACK',
      nonRetryable: false,
      message: expect.stringMatching(why) as string,
    });
  });

  test('even when the telling timed out: what counts is what they do [C-03]', async () => {
    const told = () => Promise.reject(new AdapterUnavailableError('router', 'timed out'));
    expect(await set(routed([{ instance: 'a', weights: QUARTER, fence: FENCE }], told))).toMatchObject({
      instances: 1,
    });
    await expect(set(routed([{ instance: 'a', weights: OTHER, fence: FENCE }], told))).rejects.toThrow(/timed out/);
  });

  test('and where one that answers was not told, why; one that is away has said it already [C-11]', async () => {
    const told = () => Promise.reject(new AdapterUnavailableError('router', 'not set', { got: 'a: a broken file' }));
    await expect(set(routed([{ instance: 'a', weights: OTHER, fence: FENCE }], told))).rejects.toThrow(
      /a does green 60 %.*\(router: not set: a: a broken file\)$/,
    );
    await expect(set(routed([{ instance: 'a', unreachable: 'gone' }], told))).rejects.toThrow(/\(router: not set\)$/);
  });

  test('but not when a restart would undo them, though every instance does them now [C-11]', async () => {
    const told = () =>
      Promise.reject(new WeightsNotLastingError('router', 'not in the file', { got: '/etc/share.map' }));
    await expect(set(routed([{ instance: 'a', weights: QUARTER, fence: FENCE }], told))).rejects.toMatchObject({
      type: 'NOT_LASTING',
      nonRetryable: false,
      message: 'green 25 %, blue 75 % is set, but would not last: router: not in the file (/etc/share.map)',
    });
  });

  test('a mistake of our own is not mistaken for a router that is away', async () => {
    const told = () => Promise.reject(new TypeError('a bug'));
    await expect(set(routed([{ instance: 'a', weights: QUARTER, fence: FENCE }], told))).rejects.toThrow('a bug');
  });
});

test.each(['an activity', 'a local activity'])(
  'nothing is written any more when the time of %s is over: somebody else may have rolled back since [C-11]',
  async (kind) => {
    const startToCloseTimeoutMs = 6000;
    let notAfterMs: number | undefined;
    const told: TrafficRouter['setWeights'] = (_, __, limits) => Promise.resolve(void (notAfterMs = limits.notAfterMs));
    const ports = routed([{ instance: 'a', weights: QUARTER, fence: FENCE }], told);
    const beganAtMs = Date.now();
    await set(ports, new MockActivityEnvironment({ startToCloseTimeoutMs, isLocal: kind === 'a local activity' }));
    expect(notAfterMs).toBeGreaterThanOrEqual(beganAtMs + startToCloseTimeoutMs);
    expect(notAfterMs).toBeLessThanOrEqual(Date.now() + startToCloseTimeoutMs);
  },
);

describe('drift', () => {
  test('is what a reachable instance does otherwise; a backend at 0 % need not be named [C-13]', async () => {
    expect(await drift(routed([{ instance: 'a', weights: QUARTER, fence: FENCE }]))).toEqual({
      drift: null,
      undone: null,
    });
    expect((await drift(routed([{ instance: 'a', weights: OTHER, fence: FENCE }]))).drift).toMatch(
      /^someone else changed the weights: a does green 60 %, blue 40 %, expected green 25 %, blue 75 %$/,
    );
    const all = routed([{ instance: 'a', weights: [{ backend: 'blue', percent: 100 }], fence: FENCE }]);
    const expected = [
      { backend: 'green', percent: 0 },
      { backend: 'blue', percent: 100 },
    ];
    expect(await readDrift(all, { service: 'checkout', rolloutId: 'checkout@1', expected, fences: [FENCE] })).toEqual({
      drift: null,
      undone: null,
    });
  });

  test('is not known while an instance cannot be asked: that is tried again, never guessed [C-13] [C-14]', async () => {
    await expect(
      drift(
        routed([
          { instance: 'a', weights: OTHER, fence: FENCE },
          { instance: 'b', unreachable: 'gone' },
        ]),
      ),
    ).rejects.toMatchObject({
      type: 'UNREACHABLE',
      nonRetryable: false,
    });
  });
});
