import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepOf, type Instance, type ServiceWrite } from '../../../src/domain/stop-the-line/service-step.js';
import { fateOfWrite, isStopAfter, nextFence, writerOf } from '../../../src/domain/traffic/fence.js';
import { sameWeights, shareOf, type Weights } from '../../../src/domain/traffic/weights.js';

const SLOTS = ['blue', 'green'];
const split = (green: number): Weights => [
  { backend: 'green', percent: green },
  { backend: 'blue', percent: 100 - green },
];
const at = (instance: string, green: number, fence: number): Instance => ({ instance, weights: split(green), fence });
const away = (instance: string): Instance => ({ instance, unreachable: 'no answer' });

const instance = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(fc.constantFrom(0, 5, 25, 50, 100), fc.nat(200)).map(([g, f]) => at('one', g, f)) },
  { weight: 1, arbitrary: fc.constant(away('one')) },
);
const instances = fc.array(instance, { minLength: 1, maxLength: 4 });

/** What the data plane does with a write, instance by instance. */
function after(before: readonly Instance[], write: ServiceWrite): readonly Instance[] {
  return before.map((one) => {
    if (!('weights' in one)) return one;
    const fate = fateOfWrite(write, one.fence, sameWeights(one.weights, write.weights));
    return fate === 'apply' ? { ...one, ...write } : one;
  });
}

describe('a service in flight', () => {
  test('has no share left on any instance that can be written, after one write [M-07]', () => {
    fc.assert(
      fc.property(instances, (before) => {
        const found = { instances: before, slots: SLOTS, inFlight: { baseline: 'blue' }, written: null };
        const step = stepOf(found);
        if (step.kind !== 'write') {
          expect(before.every((one) => 'unreachable' in one)).toBe(true);
          return;
        }
        const now = after(before, step.write);
        for (const one of now) if ('weights' in one) expect(shareOf(one.weights, 'green')).toBe(0);
        const next = stepOf({ ...found, instances: now, written: step.write });
        expect(next.kind).toBe(now.some((one) => 'unreachable' in one) ? 'left' : 'done');
      }),
    );
  });

  test('is written under a fence that outdates whatever was decided before [M-07]', () => {
    fc.assert(
      fc.property(fc.nat(200), (fence) => {
        const step = stepOf({
          instances: [at('one', 25, fence)],
          slots: SLOTS,
          inFlight: { baseline: 'blue' },
          written: null,
        });
        if (step.kind !== 'write') throw new Error('nothing was written');
        expect(writerOf(step.write.fence)).toBe('stopTheLine');
        // The next share, decided from what stood there, and frozen until now.
        const late = { fence: nextFence(fence), onlyIfFence: fence };
        expect(fateOfWrite(late, step.write.fence, false)).toBe('stale');
        // The rollout's own undo finds it done.
        expect(fateOfWrite({ fence: nextFence(fence) }, step.write.fence, true)).toBe('done');
      }),
    );
  });

  test('whose baseline nobody knows yet is left to its own undo where its instances disagree [M-07]', () => {
    const found = { instances: [at('one', 0, 8), at('two', 5, 8)], slots: SLOTS, written: null };
    expect(stepOf({ ...found, inFlight: { baseline: null } })).toMatchObject({ kind: 'left' });
    expect(stepOf({ ...found, inFlight: null })).toMatchObject({ kind: 'left', why: /disagree/ });
  });
});

describe('a service that rests', () => {
  test('keeps its weights and gets a new fence [M-07]', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 100), fc.nat(200), (green, fence) => {
        const before = [at('one', green, fence), at('two', green, fence)];
        const step = stepOf({ instances: before, slots: SLOTS, inFlight: null, written: null });
        expect(step).toMatchObject({ kind: 'write', write: { weights: split(green) } });
        if (step.kind === 'write') expect(isStopAfter(fence, step.write.fence)).toBe(true);
      }),
    );
  });

  test('that somebody has changed since, whole, is left as they want it; split, it is written again [M-07]', () => {
    const written = { weights: split(0), fence: 26 };
    const found = { slots: SLOTS, inFlight: null, written };
    expect(stepOf({ ...found, instances: [at('one', 100, 35)] })).toEqual({ kind: 'done' });
    expect(stepOf({ ...found, inFlight: { baseline: 'blue' }, instances: [at('one', 25, 32)] })).toMatchObject({
      kind: 'write',
      write: {
        weights: [
          { backend: 'green', percent: 0 },
          { backend: 'blue', percent: 100 },
        ],
      },
    });
  });

  test('of which an instance is away is left, until it is back and written [M-07]', () => {
    const written = { weights: split(0), fence: 26 };
    const found = { slots: SLOTS, inFlight: null, written };
    expect(stepOf({ ...found, instances: [at('one', 0, 26), away('two')] })).toMatchObject({
      kind: 'left',
      why: 'two cannot be reached: no answer',
    });
    expect(stepOf({ ...found, instances: [at('one', 0, 26), at('two', 0, 8)] }).kind).toBe('write');
  });
});
