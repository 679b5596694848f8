import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import { nextFence, NO_FENCE } from '../../src/domain/traffic/fence.js';
import { sameWeights, splitBetween, type Weights } from '../../src/domain/traffic/weights.js';
import type { InstanceWeights } from '../../src/ports/traffic-router.js';
import { startBackends, type Slot, type TestBackend } from './support/backends.js';
import type { DataPlaneSetup, FencedDataPlane } from './support/data-plane.js';
import { eventually, until } from './support/eventually.js';
import { changeWeightsUnderLoad } from './support/load.js';
import { greatestIn } from './support/later.js';
import { setPatiently } from './support/set-patiently.js';
import { describeBulkWrites, describeFences } from './traffic-router-fences.js';
import { createUsers, type Users } from './support/users.js';

/** Starts a real data plane, at first with everything to `blue`. */
export interface TrafficRouterHarness {
  /** How many requests the observed shares are counted over. Default 10,000. */
  readonly shareRequests?: number;
  /** Whether what is told to one instance is told to all, because they share a file. Default false. */
  readonly sharesState?: boolean;
  start(setup: DataPlaneSetup): Promise<FencedDataPlane>;
}

const ROLES = { baseline: 'blue', candidate: 'green' };
const INSTANCES = 2;
/** More than fit into one line to an HAProxy. */
const MORE_SERVICES = Array.from({ length: 60 }, (_, index) => `more-${String(index)}`);

/** Strangers are split by chance, anew in every run: one in five hundred million is further off. */
const SIGMAS_OF_CHANCE = 6;

/** What every router must do, on two instances of its real data plane and two real backends. */
export function describeTrafficRouter(name: string, harness: TrafficRouterHarness): void {
  const requests = harness.shareRequests ?? 10_000;

  describe(`traffic router: ${name}`, () => {
    let backends: Readonly<Record<Slot, TestBackend>>;
    let plane: FencedDataPlane;
    let users: Users;

    beforeAll(async () => {
      backends = await startBackends();
      const urls = { blue: backends.blue.url, green: backends.green.url };
      plane = await harness.start({ backends: urls, instances: INSTANCES, moreServices: MORE_SERVICES });
      users = createUsers(plane);
    });

    afterAll(async () => {
      await users.close();
      await plane.stop();
      await Promise.all([backends.blue.stop(), backends.green.stop()]);
    });

    beforeEach(async () => {
      plane.instances.forEach((_, instance) => plane.control(instance, 'open'));
      await setPatiently(plane, splitBetween(ROLES, 0));
    });

    const set = (candidatePercent: number): Promise<number> =>
      setPatiently(plane, splitBetween(ROLES, candidatePercent));

    /** A decision later than all that were made in this suite. */
    let newest = NO_FENCE;
    const anew = async (): Promise<{ readonly fence: number }> => {
      newest = nextFence(Math.max(newest, greatestIn(await plane.router.readWeights(plane.route))));
      return { fence: newest };
    };

    const setOnce = async (candidatePercent: number): Promise<void> =>
      plane.router.setWeights(plane.route, splitBetween(ROLES, candidatePercent), await anew());

    /** What every instance does. One that answers too late, on a busy machine, is asked again. */
    const read = (): Promise<readonly InstanceWeights[]> =>
      eventually('every instance to answer', async () => {
        const answers = await plane.router.readWeights(plane.route);
        return answers.some((answer) => 'unreachable' in answer) ? undefined : answers;
      });

    const sidesOf = async (names: readonly (string | null)[], instance = 0): Promise<readonly (string | null)[]> =>
      (await users.visitAll(names.map((user) => ({ user, instance })))).map(({ servedBy }) => servedBy);

    describe('telling and asking', () => {
      test.each([0, 0.001, 5, 33.333, 50, 99.999, 100])(
        'reads back %d % from every instance as it was set [C-03]',
        async (percent) => {
          await set(percent);
          const answers = await read();
          expect(answers.map(({ instance }) => instance)).toEqual(plane.instances);
          expect(answers.every((answer) => does(answer, splitBetween(ROLES, percent)))).toBe(true);
        },
      );

      test('setting the same weights again changes nothing [C-11]', async () => {
        await set(25);
        await set(25);
        const answers = await read();
        expect(answers.every((answer) => does(answer, splitBetween(ROLES, 25)))).toBe(true);
      });

      test('the last of many settings at once is in force when all have returned, on every instance alike', async () => {
        // Of those that overtake each other some may see what another one has set.
        await Promise.all([10, 20, 30, 40].map((percent) => setOnce(percent).catch(unlessAway)));
        await set(7);
        const answers = await read();
        expect(answers.every((answer) => does(answer, splitBetween(ROLES, 7)))).toBe(true);
      });

      test('a route that the data plane does not have is refused, telling and asking', async () => {
        const unknown = { ...plane.route, service: 'nobody-knows-this' };
        await expect(plane.router.readWeights(unknown)).rejects.toThrow(AdapterUnavailableError);
        await expect(plane.router.setWeights(unknown, splitBetween(ROLES, 5), { fence: 8 })).rejects.toThrow(
          AdapterUnavailableError,
        );
      });

      test('a backend that the service does not have is refused and nothing moves', async () => {
        await set(25);
        const weights = [{ backend: 'purple', percent: 100 }];
        await expect(plane.router.setWeights(plane.route, weights, await anew())).rejects.toThrow(/purple/);
        const answers = await read();
        expect(answers.every((answer) => does(answer, splitBetween(ROLES, 25)))).toBe(true);
      });
    });

    describe('an instance that is away', () => {
      test.each(['refusing', 'silent'] as const)(
        'a %s instance is named while the other is set [C-03]',
        async (mode) => {
          plane.control(1, mode);
          // On a busy machine the other one may be too late as well.
          await until('the other to be set, and not to be named', async () => {
            const refusal = await setOnce(50).catch(unlessAway);
            if (refusal === undefined) return true;
            expect(refusal.got).toContain(plane.instances[1]);
            return refusal.got?.includes(plane.instances[0] ?? '') === false;
          });
          const [first, second] = await eventually('the other to answer', async () => {
            const answers = await plane.router.readWeights(plane.route);
            return answers[0] !== undefined && 'weights' in answers[0] ? answers : undefined;
          });
          expect(first !== undefined && does(first, splitBetween(ROLES, 50))).toBe(true);
          expect(second).toMatchObject({
            instance: plane.instances[1],
            unreachable: expect.stringMatching(/./) as string,
          });
        },
      );

      test('it takes the weights once it is back', async () => {
        plane.control(1, 'refusing');
        await setOnce(50).catch(unlessAway);
        plane.control(1, 'open');
        await set(50);
        const answers = await read();
        expect(answers.every((answer) => does(answer, splitBetween(ROLES, 50)))).toBe(true);
      });

      test('all of them away is an answer too, not an error', async () => {
        plane.instances.forEach((_, instance) => plane.control(instance, 'refusing'));
        const answers = await plane.router.readWeights(plane.route);
        expect(answers.map((answer) => 'unreachable' in answer)).toEqual(plane.instances.map(() => true));
      });
    });

    describe('a caller that gives up', () => {
      test('a signal that has fired already sets nothing', async () => {
        const reason = new Error('given up before');
        await expect(
          plane.router.setWeights(plane.route, splitBetween(ROLES, 50), {
            ...(await anew()),
            signal: AbortSignal.abort(reason),
          }),
        ).rejects.toBe(reason);
        const answers = await read();
        expect(answers.every((answer) => does(answer, splitBetween(ROLES, 0)))).toBe(true);
      });

      test('a signal that fires while an instance is silent ends the wait', async () => {
        const controller = new AbortController();
        const reason = new Error('given up meanwhile');
        const write = { fence: nextFence(greatestIn(await read())), signal: controller.signal };
        plane.control(1, 'silent');
        const setting = plane.router.setWeights(plane.route, splitBetween(ROLES, 50), write);
        setTimeout(() => controller.abort(reason), 20);
        // A router that need not talk to the instance in order to tell it may have finished before.
        const outcome: unknown = await setting.catch((error: unknown) => error);
        expect([undefined, reason]).toContain(outcome);
      });
    });

    describe('a caller that woke too late', () => {
      test('a weight change whose time is over writes nothing [C-11]', async () => {
        await set(25);
        const write = { ...(await anew()), notAfterMs: Date.now() - 1 };
        const late = plane.router.setWeights(plane.route, splitBetween(ROLES, 50), write);
        const refusal: unknown = await late.catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(AdapterUnavailableError);
        expect(refusal).toMatchObject({
          got: expect.stringContaining('nothing was written: its time is over') as string,
        });
        const answers = await read();
        expect(answers.every((answer) => does(answer, splitBetween(ROLES, 25)))).toBe(true);
      });

      test('one that has time left is made', async () => {
        const write = { ...(await anew()), notAfterMs: Date.now() + 60_000 };
        await plane.router.setWeights(plane.route, splitBetween(ROLES, 50), write);
        const answers = await read();
        expect(answers.every((answer) => does(answer, splitBetween(ROLES, 50)))).toBe(true);
      });
    });

    describe('what users see', () => {
      test(`observed shares are within four sigma over ${String(requests)} requests, on every instance`, async () => {
        const percent = 25;
        await set(percent);
        const visits = Array.from({ length: requests }, (_, index) => ({
          user: `user-${String(index)}`,
          instance: index % INSTANCES,
        }));
        const answers = await users.visitAll(visits, 2 * INSTANCES * 16);
        expect(answers.every(({ status }) => status === 200)).toBe(true);
        const onCandidate = answers.filter(({ servedBy }) => servedBy === 'green').length;
        expect(Math.abs(onCandidate - (requests * percent) / 100)).toBeLessThan(sigmas(4, requests, percent / 100));
      });

      test('those it does not know are split too', async () => {
        const strangers = 1000;
        await set(50);
        const sides = await sidesOf(Array.from({ length: strangers }, () => null));
        const onCandidate = sides.filter((side) => side === 'green').length;
        expect(Math.abs(onCandidate - strangers / 2)).toBeLessThan(sigmas(SIGMAS_OF_CHANCE, strangers, 0.5));
      });

      test('a user has the same side every time and on every instance', async () => {
        await set(50);
        const names = Array.from({ length: 200 }, (_, index) => `guest-${String(index)}`);
        const first = await sidesOf(names, 0);
        expect(await sidesOf(names, 1)).toEqual(first);
        expect(await sidesOf(names, 0)).toEqual(first);
        expect(new Set(first)).toEqual(new Set(['blue', 'green']));
      });

      test('no user leaves the candidate while its share rises, and nobody is left on either side at its end', async () => {
        const names = Array.from({ length: 800 }, (_, index) => `visitor-${String(index)}`);
        let before: ReadonlySet<string> = new Set();
        for (const percent of [1, 5, 25, 50, 75, 100]) {
          await set(percent);
          const sides = await sidesOf(names, percent % INSTANCES);
          const now = new Set(names.filter((_, index) => sides[index] === 'green'));
          expect([...before].filter((name) => !now.has(name))).toEqual([]);
          expect(now.size).toBeGreaterThanOrEqual(before.size);
          before = now;
        }
        expect(before.size).toBe(names.length);
        await set(0);
        expect(new Set(await sidesOf(names))).toEqual(new Set(['blue']));
      });

      test('at 0 % nobody is left on the candidate, whatever cookie they carry [C-11]', async () => {
        await set(100);
        const strangers = await users.visitAll(Array.from({ length: 100 }, () => ({ user: null })));
        expect(new Set(strangers.map(({ servedBy }) => servedBy))).toEqual(new Set(['green']));
        const cookies = strangers.flatMap(({ setCookie }) =>
          setCookie === null ? [] : [setCookie.split(';')[0] ?? ''],
        );
        await set(0);
        const withCookies = cookies.map((cookie) => ({ user: null, headers: { cookie } }));
        const without = Array.from({ length: 200 }, () => ({ user: null }));
        const known = Array.from({ length: 200 }, (_, index) => ({ user: `user-${String(index)}` }));
        const answers = await users.visitAll([...withCookies, ...without, ...known]);
        expect(new Set(answers.map(({ servedBy }) => servedBy))).toEqual(new Set(['blue']));
      });
    });

    describeFences(() => plane, harness.sharesState ?? false);
    describeBulkWrites(() => plane);

    test('a change of weights under load loses no request and resets no connection [B-06]', async () => {
      const lostBefore = users.lostConnections();
      const outcome = await changeWeightsUnderLoad(users, { set: setOnce, instances: INSTANCES });
      expect(outcome.failures).toEqual([]);
      expect(users.lostConnections() - lostBefore).toBe(0);
      expect([...outcome.servedBy].sort()).toEqual(['blue', 'green']);
    });
  });
}

function does(answer: InstanceWeights, weights: Weights): boolean {
  return 'weights' in answer && sameWeights(answer.weights, weights);
}

/** So many standard deviations of a binomial count. */
function sigmas(count: number, requests: number, share: number): number {
  return count * Math.sqrt(requests * share * (1 - share));
}

/** One that was told in vain, for the moment, is no mistake of the test's. */
function unlessAway(error: unknown): AdapterUnavailableError {
  if (error instanceof AdapterUnavailableError) return error;
  throw error;
}
