import { beforeEach, describe, expect, test } from 'vitest';
import { AdapterUnavailableError, ChangesNotMadeError, StaleFenceError } from '../../src/domain/errors.js';
import { nextFence, NO_FENCE } from '../../src/domain/traffic/fence.js';
import { sameWeights, splitBetween, type Weights } from '../../src/domain/traffic/weights.js';
import type { InstanceWeights, TrafficRouter } from '../../src/ports/traffic-router.js';
import type { FencedDataPlane } from './support/data-plane.js';
import { eventually } from './support/eventually.js';
import { greatestIn } from './support/later.js';
import { setPatiently } from './support/set-patiently.js';

const ROLES = { baseline: 'blue', candidate: 'green' };
const WRITERS = 50;
const DECISIONS = 40;

/** What every router does with fences, on two instances of its real data plane. */
export function describeFences(planeOf: () => FencedDataPlane, sharesState: boolean): void {
  describe('fences', () => {
    let plane: FencedDataPlane;
    /** The one that every instance bears when a test begins, with everybody on the baseline. */
    let borne = NO_FENCE;

    beforeEach(async () => {
      plane = planeOf();
      borne = await setPatiently(plane, share(0));
    });

    /** What busy machines answer too late is asked again, as a rollout does. */
    const read = (router = plane.router): Promise<readonly InstanceWeights[]> =>
      eventually('every instance to answer', async () => {
        const answers = await router.readWeights(plane.route);
        return answers.some((one) => 'unreachable' in one) ? undefined : answers;
      });

    const writeOnce = (
      candidatePercent: number,
      fence: number,
      onlyIfFence?: number | readonly number[],
      router = plane.router,
    ): Promise<void> => router.setWeights(plane.route, share(candidatePercent), { fence, onlyIfFence });

    /** As a rollout does, what is too late on a busy machine is told again: then it is done, or outdated. */
    const outcomeOf = (...args: Parameters<typeof writeOnce>): Promise<unknown> =>
      untilKnown(() => writeOnce(...args)).then((failure) => failure ?? 'done');

    const write = async (...args: Parameters<typeof writeOnce>): Promise<void> =>
      expect(await outcomeOf(...args)).toBe('done');

    /** That every instance, or each in its order, has a share under a fence. */
    const expectEach = async (...wanted: readonly (readonly [candidatePercent: number, fence: number])[]) => {
      const answers = await read();
      const [first = [0, 0]] = wanted;
      expect(answers.map(inShort)).toEqual(
        answers.map((_, index) => (wanted.length === 1 ? first : (wanted[index] ?? first))),
      );
    };

    test('are read back with the weights from every instance', async () => {
      const fence = nextFence(borne);
      await write(25, fence);
      await expectEach([25, fence]);
    });

    test('go with equal weights too: the same share of another decision is another one', async () => {
      await write(0, nextFence(borne), borne);
      await expectEach([0, nextFence(borne)]);
      await write(0, nextFence(nextFence(borne)));
      await expectEach([0, nextFence(nextFence(borne))]);
    });

    test('let no write without a condition go past a greater one, whose weights stay', async () => {
      const greater = nextFence(borne);
      await write(25, greater);
      const outcome = await outcomeOf(50, borne);
      expect(outcome).toBeInstanceOf(StaleFenceError);
      expect(outcome).toMatchObject({ greatestFence: greater, expected: 'green 50 %, blue 50 %' });
      expect((outcome as StaleFenceError).got).toContain(plane.instances[0]);
      await expectEach([25, greater]);
    });

    test('make a write without a condition done where its weights are there under a greater one', async () => {
      const greater = nextFence(borne);
      await write(25, greater);
      expect(await outcomeOf(25, borne)).toBe('done');
      await expectEach([25, greater]);
    });

    test('make a write with a condition only where that one is borne, or one of them', async () => {
      const [first, second] = [nextFence(borne), nextFence(nextFence(borne))];
      await write(25, first, borne);
      await write(50, second, [borne, first]);
      await expectEach([50, second]);
      for (const condition of [borne, first, second + 8, NO_FENCE, []]) {
        const outcome = await outcomeOf(75, nextFence(second), condition);
        expect(outcome).toBeInstanceOf(StaleFenceError);
        expect(outcome).toMatchObject({ greatestFence: second });
      }
      await expectEach([50, second]);
    });

    test('make what is tried again done, and nothing else of the same decision', async () => {
      const fence = nextFence(borne);
      await write(25, fence, borne);
      expect(await outcomeOf(25, fence, borne)).toBe('done');
      expect(await outcomeOf(50, fence, borne)).toBeInstanceOf(StaleFenceError);
      await expectEach([25, fence]);
    });

    test('do not make a write with a condition done where only the weights are equal', async () => {
      await write(25, nextFence(borne));
      expect(await outcomeOf(25, nextFence(nextFence(borne)), borne)).toBeInstanceOf(StaleFenceError);
      await expectEach([25, nextFence(borne)]);
    });

    test('let one of fifty writers with the same condition win, on every instance', async () => {
      const routers = Array.from({ length: 5 }, () => plane.routerOf(0, 1));
      const fences = Array.from({ length: WRITERS }, (_, index) => borne + 8 * (index + 1));
      const outcomes = await Promise.all(
        fences.map((fence, index) => outcomeOf(index + 1, fence, borne, routers[index % routers.length])),
      );
      const answers = await read();
      for (const answer of answers) {
        const [candidatePercent, fence] = inShort(answer);
        expect(fence).toBe(borne + 8 * candidatePercent);
        expect(fences).toContain(fence);
      }
      const winners = new Set(answers.map((answer) => inShort(answer)[1]));
      fences.forEach((fence, index) => {
        const isEverywhere = winners.size === 1 && winners.has(fence);
        expect(outcomes[index] === 'done').toBe(isEverywhere);
        if (!isEverywhere) expect(outcomes[index]).toBeInstanceOf(AdapterUnavailableError);
      });
    });

    test('let the latest of many decisions that are told at once be the last, in whatever order they come', async () => {
      const routers = Array.from({ length: 4 }, () => plane.routerOf(0, 1));
      const latest = borne + 8 * 20;
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index * 7) % 20).map((order, index) =>
          outcomeOf(order + 1, borne + 8 * (order + 1), undefined, routers[index % routers.length]),
        ),
      );
      await write(20, latest);
      await expectEach([20, latest]);
    });

    test('never stand beside the weights of another decision for a reader', async () => {
      const reader = plane.routerOf(0, 1);
      const written = new AbortController();
      const seen = new Set<string>();
      const reading = (async () => {
        while (!written.signal.aborted)
          for (const answer of await reader.readWeights(plane.route))
            if ('weights' in answer) seen.add(inShort(answer).join(' % under '));
      })();
      for (let index = 1; index <= DECISIONS; index += 1) await outcomeOf(index, borne + 8 * index);
      written.abort();
      await reading;
      const decided = Array.from({ length: DECISIONS + 1 }, (_, index) => [index, borne + 8 * index].join(' % under '));
      expect([...seen].filter((one) => !decided.includes(one))).toEqual([]);
      expect(seen.size).toBeGreaterThan(1);
    });

    test('outlive a restart of the data plane', async () => {
      await write(25, nextFence(borne), borne);
      await plane.restart(0);
      await plane.restart(1);
      await expectEach([25, nextFence(borne)]);
      await write(50, nextFence(nextFence(borne)), nextFence(borne));
      await expectEach([50, nextFence(nextFence(borne))]);
    });

    describe('and people who know nothing of them', () => {
      test.each([
        [40, 'no fence'],
        [40, 'the fence'],
        [0, 'no fence'],
      ] as const)(
        '%s percent set by hand, leaving %s, is seen as theirs and not overwritten',
        async (percent, leaving) => {
          await plane.byHand(0, percent, leaving);
          const [now] = await eventually('what they set to be in force', async () => {
            const answers = await read(plane.routerOf(0));
            const [candidatePercent, fence] = inShort(answers[0]);
            return candidatePercent === percent && (percent !== 0 || fence !== borne) ? answers : undefined;
          });
          const [candidatePercent, fence] = inShort(now);
          // The weights of the decision under its fence are what nobody leaves who changes anything.
          expect([candidatePercent, fence]).not.toEqual([0, borne]);
          expect([NO_FENCE, borne]).toContain(fence);
          if (fence === NO_FENCE) {
            const outcome = await outcomeOf(60, nextFence(borne), borne, plane.routerOf(0));
            expect(outcome).toBeInstanceOf(StaleFenceError);
            expect(outcome).toMatchObject({ greatestFence: NO_FENCE });
          } else {
            expect(await outcomeOf(0, borne, borne - 8, plane.routerOf(0))).toBeInstanceOf(StaleFenceError);
          }
          await write(0, nextFence(borne), undefined, plane.routerOf(0));
          expect(inShort((await read(plane.routerOf(0)))[0])).toEqual([0, nextFence(borne)]);
        },
      );
    });

    if (sharesState) return;

    describe('that differ between instances', () => {
      const [ours, theirs] = [0, 1] as const;
      let newer = NO_FENCE;

      beforeEach(async () => {
        newer = nextFence(borne);
        await write(5, newer, borne, plane.routerOf(theirs));
      });

      test('decide each for itself, and the one that refuses is named', async () => {
        const fence = nextFence(newer);
        const outcome = await outcomeOf(50, fence, borne);
        expect(outcome).toBeInstanceOf(StaleFenceError);
        expect(outcome).toMatchObject({ greatestFence: newer });
        expect((outcome as StaleFenceError).got).toContain(plane.instances[theirs]);
        expect((outcome as StaleFenceError).got).not.toContain(plane.instances[ours]);
        await expectEach([50, fence], [5, newer]);
      });

      test('do so for a write without a condition, too', async () => {
        const outcome = await outcomeOf(50, newer - 1);
        expect(outcome).toBeInstanceOf(StaleFenceError);
        expect(outcome).toMatchObject({ greatestFence: newer });
        await expectEach([50, newer - 1], [5, newer]);
      });

      test('are not the whole answer while another instance cannot be asked', async () => {
        plane.control(ours, 'refusing');
        const outcome = await outcomeOf(50, nextFence(newer), borne);
        expect(outcome).toBeInstanceOf(AdapterUnavailableError);
        expect(outcome).not.toBeInstanceOf(StaleFenceError);
        const { got, cause } = outcome as AdapterUnavailableError;
        for (const instance of plane.instances) expect(got).toContain(instance);
        expect(cause).toMatchObject({ greatestFence: newer });
      });

      test('are met by the greatest', async () => {
        await write(7, nextFence(newer), borne, plane.routerOf(ours));
        expect(await outcomeOf(50, nextFence(nextFence(newer)), borne)).toMatchObject({
          greatestFence: nextFence(newer),
        });
        expect(greatestIn(await read())).toBe(nextFence(newer));
      });
    });
  });
}

/** What too late an answer hides is asked again. */
async function untilKnown(work: () => Promise<void>): Promise<AdapterUnavailableError | null> {
  return (
    await eventually('an answer in time', async () => {
      try {
        await work();
        return { failure: null };
      } catch (error) {
        if (!(error instanceof AdapterUnavailableError)) throw error;
        return /no answer within|still does/.test(error.got ?? '') ? undefined : { failure: error };
      }
    })
  ).failure;
}

function share(candidatePercent: number): Weights {
  return splitBetween(ROLES, candidatePercent);
}

/** The candidate's share and the fence. */
function inShort(answer: InstanceWeights | undefined): readonly [candidatePercent: number, fence: number] {
  if (answer === undefined || 'unreachable' in answer)
    throw new Error(`an instance could not be read: ${JSON.stringify(answer)}`);
  const percent = answer.weights.find(({ backend }) => backend === 'green')?.percent ?? 0;
  expect(sameWeights(answer.weights, share(percent))).toBe(true);
  return [percent, answer.fence];
}

/** Many services in one go. */
export function describeBulkWrites(planeOf: () => FencedDataPlane): void {
  describe('many services at once', () => {
    const all = (plane: FencedDataPlane, candidatePercent: number, fence: number) =>
      plane.moreRoutes.map((route) => ({ route, weights: share(candidatePercent), fence }));

    /** Of every service in turn, what every instance does. What a busy machine answers too late is asked again. */
    const readAll = (router: TrafficRouter, plane: FencedDataPlane): Promise<readonly (readonly InstanceWeights[])[]> =>
      eventually('every instance to answer for every service', async () => {
        const answers = await Promise.all(plane.moreRoutes.map((route) => router.readWeights(route)));
        return answers.flat().some((one) => 'unreachable' in one) ? undefined : answers;
      });

    const sharesOf = async (router: TrafficRouter, plane: FencedDataPlane): Promise<ReadonlySet<string>> =>
      new Set((await readAll(router, plane)).flat().map((answer) => inShort(answer).join(' % under ')));

    /** Greater than all that any of them bears. */
    const anew = async (plane: FencedDataPlane): Promise<number> =>
      nextFence(greatestIn((await readAll(plane.router, plane)).flat()));

    test('are set on every instance, in a number of writes that does not grow with them', async () => {
      const plane = planeOf();
      const few = plane.moreRoutes.slice(0, 2);
      const writesFor = async (routes: readonly (typeof few)[number][], percent: number): Promise<number> => {
        const fence = await anew(plane);
        let before = 0;
        const failure = await untilKnown(async () => {
          before = await plane.writes(0);
          await plane.router.setMany(routes.map((route) => ({ route, weights: share(percent), fence })));
        });
        expect(failure).toBeNull();
        return (await plane.writes(0)) - before;
      };
      const forFew = await writesFor(few, 5);
      const forAll = await writesFor(plane.moreRoutes, 10);
      expect(forAll).toBeLessThanOrEqual(forFew);
      expect(forAll).toBeLessThanOrEqual(3);
      expect([...(await sharesOf(plane.router, plane))].map((one) => one.split(' ')[0])).toEqual(['10']);
    });

    test('keep each its own fence: those that may not be written are named, and keep no other from being written', async () => {
      const plane = planeOf();
      const fence = await anew(plane);
      await untilKnown(() => plane.router.setMany(all(plane, 0, fence)));
      const [stale, unknown, strange, ...others] = plane.moreRoutes;
      if (stale === undefined || unknown === undefined || strange === undefined) throw new Error('too few services');
      await untilKnown(() => plane.router.setWeights(stale, share(7), { fence: fence + 80 }));
      const failure = await untilKnown(() =>
        plane.router.setMany([
          { route: stale, weights: share(20), fence: fence + 8 },
          { route: { ...unknown, service: 'nobody-knows-this' }, weights: share(20), fence: fence + 8 },
          { route: strange, weights: [{ backend: 'purple', percent: 100 }], fence: fence + 8 },
          ...others.map((route) => ({ route, weights: share(20), fence: fence + 8, onlyIfFence: fence })),
        ]),
      );
      expect(failure).toBeInstanceOf(ChangesNotMadeError);
      const { got = '', notMade } = failure as ChangesNotMadeError;
      const refused = [stale.service, 'nobody-knows-this', strange.service];
      const named = refused.flatMap((service) => plane.instances.map((instance) => `${service} on ${instance}`));
      expect(notMade.map(({ service, instance }) => `${service} on ${instance}`)).toEqual(named);
      for (const name of named) expect(got).toContain(`${name}: `);
      const shares = await readAll(plane.router, plane);
      const [ofStale, ofUnknown, ofStrange, ...ofOthers] = shares.map((answers) => answers.map(inShort));
      expect(ofStale).toEqual(plane.instances.map(() => [7, fence + 80]));
      expect([ofUnknown, ofStrange].flat()).toEqual([0, 0, 0, 0].map((percent) => [percent, fence]));
      expect(new Set(ofOthers.flat().map((one) => one.join(' ')))).toEqual(new Set([`20 ${String(fence + 8)}`]));
    });

    test('are set on the other instances while one is away, which is named', async () => {
      const plane = planeOf();
      const fence = await anew(plane);
      plane.control(1, 'refusing');
      const failure = await untilKnown(() => plane.router.setMany(all(plane, 30, fence)));
      expect(failure).toBeInstanceOf(AdapterUnavailableError);
      expect((failure as AdapterUnavailableError).got).toContain(plane.instances[1]);
      expect((failure as AdapterUnavailableError).got).not.toContain(`on ${plane.instances[0] ?? ''}: `);
      expect(await sharesOf(plane.routerOf(0), plane)).toEqual(new Set([`30 % under ${String(fence)}`]));
      plane.control(1, 'open');
    });

    test('are not set when their time is over', async () => {
      const plane = planeOf();
      const fence = await anew(plane);
      await untilKnown(() => plane.router.setMany(all(plane, 5, fence)));
      await expect(
        plane.router.setMany(all(plane, 50, fence + 8), { notAfterMs: Date.now() - 1 }),
      ).rejects.toMatchObject({ got: expect.stringContaining('its time is over') as string });
      expect(await sharesOf(plane.router, plane)).toEqual(new Set([`5 % under ${String(fence)}`]));
    });
  });
}
