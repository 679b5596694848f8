import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generateSchedule } from '../../../bench/chaos/schedule/generate.js';
import type { Schedule, Step } from '../../../bench/chaos/schedule/schedule.js';
import { textOf } from '../../../bench/chaos/schedule/texts.js';
import { FULL, SHORT } from '../../../bench/chaos/sizes.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

test('the same seed gives the same steps, another one others', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const schedule = generateSchedule(seed, 'gateway', FULL);
      expect(generateSchedule(seed, 'gateway', FULL)).toEqual(schedule);
      expect(generateSchedule(seed + 1, 'gateway', FULL).steps).not.toEqual(schedule.steps);
    }),
    { numRuns: 20 },
  );
});

test('a schedule is the same after it was kept in a file', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const schedule = generateSchedule(seed, 'envoy', SHORT);
      expect(JSON.parse(JSON.stringify(schedule))).toEqual(schedule);
    }),
    { numRuns: 20 },
  );
});

test('steps come in the order of their times, and every fault ends', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const { steps, durationMs } = generateSchedule(seed, 'gateway', FULL);
      const times = steps.map(({ atMs }) => atMs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(Math.max(...times)).toBeLessThan(durationMs);
      for (const step of steps) if ('forMs' in step) expect(step.forMs).toBeGreaterThan(0);
    }),
    { numRuns: 50 },
  );
});

test('what happens to a service does not depend on how many there are', () => {
  const of = ({ steps }: Schedule, name: string): readonly Step[] =>
    steps.filter((step) => 'service' in step && step.service === name);
  const [few, many] = [3, 10].map((services) => generateSchedule(7, 'gateway', { ...FULL, services }));
  if (few === undefined || many === undefined) throw new Error('there are two');
  expect(of(many, 'svc-2')).toEqual(of(few, 'svc-2'));
});

test('some seeds together do everything that can be done', () => {
  const steps = Array.from({ length: 40 }, (_, seed) => generateSchedule(seed, 'gateway', FULL).steps).flat();
  const done = new Set(steps.map((step) => step.do));
  expect([...done].sort()).toEqual(
    [
      ...['behave', 'cancel', 'command', 'cutWorker', 'disturb', 'freezeTemporal', 'freezeWorker', 'garbage'],
      ...['killTemporal', 'killWorker', 'moveByHand', 'start', 'stopWorker', 'takeJournal', 'terminate'],
    ].sort(),
  );
  const verbs = new Set(steps.flatMap((step) => (step.do === 'command' ? [step.verb] : [])));
  expect(verbs.size).toBe(10);
  const sizes = steps.flatMap((step) => (step.do === 'command' ? [Buffer.byteLength(textOf(step.reason))] : []));
  expect(Math.min(...sizes)).toBe(0);
  expect(Math.max(...sizes)).toBeGreaterThan(900_000);
});
