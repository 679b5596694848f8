import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Journal, JournalEntry } from '../../src/ports/journal.js';

/** A lasting place for entries, empty at first. */
export interface JournalPlace {
  /** Another process's view of the same place. */
  open(): Promise<Journal>;
  stop(): Promise<void>;
}

export interface JournalHarness {
  start(): Promise<JournalPlace>;
}

/** What every journal must do. */
export function describeJournal(name: string, harness: JournalHarness): void {
  describe(`journal: ${name}`, () => {
    let place: JournalPlace;
    let journal: Journal;

    beforeEach(async () => {
      place = await harness.start();
      journal = await place.open();
    });

    afterEach(() => place.stop());

    const idsOf = (entries: readonly JournalEntry[]): readonly string[] => entries.map(({ id }) => id);

    test('an empty journal has nothing to tell', async () => {
      expect(await journal.read({})).toEqual([]);
      expect(await journal.read({ service: 'shop' })).toEqual([]);
    });

    test('what was appended is read back whole, in its order, by another process too [S-03]', async () => {
      const entries = [
        entry('1', {
          what: 'Started by ci',
          identity: 'ci@host',
          claimedBy: 'Ada',
          why: 'line one\nline two, "quoted"',
        }),
        entry('2', { kind: 'decision', what: 'Stage 1 passed – 5 % ✓', data: { stage: 1, nested: { list: [1, 2] } } }),
        entry('3', { kind: 'outcome', what: 'Promoted' }),
      ];
      await journal.append(entries.slice(0, 2));
      await journal.append(entries.slice(2));
      expect(await journal.read({ service: 'shop' })).toEqual(entries);
      expect(await (await place.open()).read({ service: 'shop' })).toEqual(entries);
    });

    test('an entry appended again is kept once, as it was first', async () => {
      await journal.append([entry('1', { what: 'first' }), entry('2')]);
      await journal.append([entry('1', { what: 'second' }), entry('3')]);
      await (await place.open()).append([entry('2')]);
      const entries = await journal.read({});
      expect(idsOf(entries)).toEqual(['1', '2', '3']);
      expect(entries[0]?.what).toBe('first');
    });

    test('services and rollouts are told apart', async () => {
      await journal.append([
        entry('1'),
        entry('2', { service: 'search', rolloutId: 'search@b' }),
        entry('3', { rolloutId: 'shop@c' }),
      ]);
      expect(idsOf(await journal.read({ service: 'shop' }))).toEqual(['1', '3']);
      expect(idsOf(await journal.read({ rolloutId: 'search@b' }))).toEqual(['2']);
      expect(idsOf(await journal.read({ service: 'shop', rolloutId: 'shop@c' }))).toEqual(['3']);
      expect(idsOf(await journal.read({ service: 'search', rolloutId: 'shop@c' }))).toEqual([]);
    });

    test('entries of several services come oldest first', async () => {
      await journal.append([entry('1', { at: at(5) }), entry('2', { service: 'search', at: at(3) })]);
      await journal.append([entry('3', { service: 'search', at: at(9) }), entry('4', { at: at(7) })]);
      expect(idsOf(await journal.read({}))).toEqual(['2', '1', '4', '3']);
    });

    test('a limit keeps the newest', async () => {
      await journal.append(['1', '2', '3', '4'].map((id) => entry(id)));
      expect(idsOf(await journal.read({ service: 'shop', limit: 2 }))).toEqual(['3', '4']);
      expect(idsOf(await journal.read({ limit: 0 }))).toEqual([]);
      expect(idsOf(await journal.read({ limit: 99 }))).toHaveLength(4);
    });

    test.each(['a/b', '..', 'Über shop', 'name with spaces', 'x%2Fy'])(
      'a service may be called %s',
      async (service) => {
        await journal.append([entry('1', { service })]);
        expect(idsOf(await journal.read({ service }))).toEqual(['1']);
        expect(await journal.read({ service: 'shop' })).toEqual([]);
      },
    );

    test('writers at the same time lose nothing, and each keeps its order', async () => {
      const writers = 8;
      const batches = 12;
      const journals = await Promise.all(Array.from({ length: writers }, () => place.open()));
      await Promise.all(
        journals.map(async (writer, number) => {
          for (let batch = 0; batch < batches; batch += 1) {
            const id = `${String(number)}/${String(batch).padStart(2, '0')}`;
            await writer.append([entry(`${id}a`, { why: 'x'.repeat(5000) }), entry(`${id}b`)]);
          }
        }),
      );
      const ids = idsOf(await journal.read({ service: 'shop' }));
      expect(ids).toHaveLength(writers * batches * 2);
      for (let number = 0; number < writers; number += 1) {
        const own = ids.filter((id) => id.startsWith(`${String(number)}/`));
        expect(own).toEqual([...own].sort());
      }
    });

    test('appending nothing is allowed', async () => {
      await journal.append([]);
      expect(await journal.read({})).toEqual([]);
    });
  });
}

export function entry(id: string, differing: Partial<JournalEntry> = {}): JournalEntry {
  return { id, rolloutId: 'shop@a', service: 'shop', at: at(0), kind: 'started', what: `entry ${id}`, ...differing };
}

function at(second: number): string {
  return new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString();
}
