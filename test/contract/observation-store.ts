import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IntervalLine, ObservationLine, ReadingLine } from '../../src/domain/observations/line.js';
import type { ObservationStore } from '../../src/ports/observation-store.js';

/** A lasting place for observations, empty at first. */
export interface ObservationPlace {
  /** Another process's view of the same place. */
  open(): Promise<ObservationStore>;
  stop(): Promise<void>;
}

export interface ObservationHarness {
  start(): Promise<ObservationPlace>;
}

/** What every store of observations must do. */
export function describeObservationStore(name: string, harness: ObservationHarness): void {
  describe(`observation store: ${name}`, () => {
    let place: ObservationPlace;
    let store: ObservationStore;

    beforeEach(async () => {
      place = await harness.start();
      store = await place.open();
    });

    afterEach(() => place.stop());

    test('nothing is known of a rollout that nobody has observed', async () => {
      expect(await store.read('shop@a')).toEqual([]);
      expect(await store.rolloutsOf('shop')).toEqual([]);
    });

    test('what was appended is read back whole, in its order, by another process too [S-03]', async () => {
      const lines: ObservationLine[] = [reading('r1'), ...intervals('r1', 3), judgement('r1')];
      await store.append('shop@a', lines.slice(0, 2));
      await store.append('shop@a', lines.slice(2));
      expect(await store.read('shop@a')).toEqual(lines);
      expect(await (await place.open()).read('shop@a')).toEqual(lines);
    });

    test('a line appended again is kept once, as it was first', async () => {
      await store.append('shop@a', [reading('r1'), ...intervals('r1', 2)]);
      const again = intervals('r1', 3).map((line) => ({ ...line, verdict: 'failed' as const }));
      await (await place.open()).append('shop@a', [reading('r1'), ...again]);
      const lines = await store.read('shop@a');
      expect(lines).toHaveLength(4);
      expect(lines.flatMap((line) => (line.kind === 'interval' ? [line.verdict] : []))).toEqual([
        'successful',
        'successful',
        'failed',
      ]);
    });

    test('the same interval in two readings is two lines', async () => {
      await store.append('shop@a', [reading('r1'), ...intervals('r1', 1), reading('r2'), ...intervals('r2', 1)]);
      expect(await store.read('shop@a')).toHaveLength(4);
    });

    test('rollouts are told apart, and found by their service, the newest last', async () => {
      await store.append('shop@a', [reading('r1')]);
      await store.append('shop@b', [reading('r2')]);
      await store.append('shopping@c', [reading('r3')]);
      await store.append('shop@a', intervals('r1', 1));
      expect(await store.read('shop@b')).toEqual([reading('r2')]);
      expect((await store.rolloutsOf('shop')).toSorted()).toEqual(['shop@a', 'shop@b']);
      expect(await store.rolloutsOf('sho')).toEqual([]);
      expect(store.placeOf('shop@a')).not.toBe(store.placeOf('shop@b'));
    });

    test.each(['a/b@1', '..@1', 'Über shop@1', 'x%2Fy@1', 'no run'])(
      'a rollout may be called %s',
      async (rolloutId) => {
        await store.append(rolloutId, [reading('r1')]);
        expect(await store.read(rolloutId)).toEqual([reading('r1')]);
        expect(await store.read('shop@a')).toEqual([]);
      },
    );

    test('two workers at the same time lose nothing, and each keeps its order', async () => {
      const stores = await Promise.all([place.open(), place.open()]);
      await Promise.all(
        stores.map(async (worker, number) => {
          const id = `r${String(number)}`;
          for (const line of [reading(id), ...intervals(id, 40)]) await worker.append('shop@a', [line]);
        }),
      );
      const lines = await store.read('shop@a');
      expect(lines).toHaveLength(82);
      for (const id of ['r0', 'r1'])
        expect(lines.filter((line) => 'reading' in line && line.reading === id)).toEqual([
          reading(id),
          ...intervals(id, 40),
        ]);
    });

    test('appending nothing is allowed', async () => {
      await store.append('shop@a', []);
      expect(await store.read('shop@a')).toEqual([]);
    });
  });
}

export function reading(id: string, change: Partial<ReadingLine> = {}): ReadingLine {
  return {
    v: 1,
    kind: 'reading',
    reading: id,
    rolloutId: 'shop@a',
    service: 'shop',
    by: 'watch',
    atMs: 0,
    stage: 1,
    stages: 2,
    sharePercent: 25,
    startedAtMs: 0,
    stepMs: 1000,
    roles: { baseline: 'blue', candidate: 'green' },
    knownShared: false,
    ...(change.base === undefined
      ? { plan: { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.01 }] }, carried: null }
      : {}),
    ...change,
  };
}

export function intervals(id: string, count: number): IntervalLine[] {
  return Array.from({ length: count }, (_, index) => ({
    v: 1,
    kind: 'interval',
    reading: id,
    startMs: index * 1000,
    endMs: (index + 1) * 1000,
    candidate: {
      requests: 100,
      errors: 0,
      latencyHistogram: [
        { leMs: 10, count: 90 },
        { leMs: null, count: 100 },
      ],
    },
    baseline: 'no-data',
    scalars: { queue: 3 },
    verdict: 'successful',
  }));
}

function judgement(id: string): ObservationLine {
  return { v: 1, kind: 'judgement', reading: id, atMs: 3000, verdict: 'successful', reason: 'all is “well”\n✔' };
}
