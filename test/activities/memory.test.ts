import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { recall, type Memory, type ReadPastRollouts } from '../../src/activities/preflight/memory.js';
import { NO_FENCE } from '../../src/domain/traffic/fence.js';
import type { PastRollout } from '../../src/domain/traffic/serving/past-rollouts.js';
import type { PlaneReading, Serves } from '../../src/domain/traffic/serving/serves.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import type { Journal, JournalEntry } from '../../src/ports/journal.js';

const ALL_GREEN = [
  { backend: 'green', percent: 100 },
  { backend: 'blue', percent: 0 },
];

const FENCE = 40;

/** Both instances are as the rollout left them. */
const PLANE: PlaneReading = { weights: [ALL_GREEN, ALL_GREEN], fences: [FENCE] };

function left(change: Partial<Serves> = {}): Serves {
  return {
    slot: 'green',
    version: '2.0.0',
    rolloutId: 'checkout@1',
    at: '2027-01-31T14:00:00.000Z',
    fence: FENCE,
    weights: ALL_GREEN,
    before: { slot: 'blue', version: '1.0.0' },
    idle: null,
    ...change,
  };
}

function past(closedAtMs: number, change: Partial<PastRollout> = {}): PastRollout {
  const id = `checkout@${String(closedAtMs)}`;
  return { id, closedAtMs, brokenOff: false, version: null, baseline: null, serves: null, ...change };
}

const journalOf = (entries: readonly Partial<JournalEntry>[]): Journal => ({
  append: () => Promise.reject(new Error('a preflight writes nothing')),
  read: () => Promise.resolve(entries as readonly JournalEntry[]),
});

const EMPTY = journalOf([]);

const remembering =
  (...rollouts: readonly PastRollout[]): ReadPastRollouts =>
  () =>
    Promise.resolve(rollouts);

function recalled(plane: PlaneReading, readPast: ReadPastRollouts, journal: Journal = EMPTY): Promise<Memory> {
  return new MockActivityEnvironment().run(() => recall('checkout', plane, journal, readPast));
}

describe('what the rollout before left is believed', () => {
  test('where fence and weights are still those that it left, on every instance [C-15]', async () => {
    const { record } = await recalled(PLANE, remembering(past(1, { serves: left() })));
    expect(record).toEqual(left());
  });

  test.each<[string, PlaneReading]>([
    ['another fence is beside the weights', { ...PLANE, fences: [FENCE + 8] }],
    ['one instance bears another fence', { ...PLANE, fences: [FENCE, FENCE + 8] }],
    ['an instance bears none', { ...PLANE, fences: [FENCE, NO_FENCE] }],
    ['an instance does something else', { ...PLANE, weights: [ALL_GREEN, [{ backend: 'blue', percent: 100 }]] }],
    ['no instance answers', { weights: [], fences: [FENCE] }],
  ])('and not where %s [C-15]', async (_, plane) => {
    expect((await recalled(plane, remembering(past(1, { serves: left() })))).record).toBeNull();
  });

  test('and never where nothing bears a fence: then nobody is asked [C-15]', async () => {
    const asked: string[] = [];
    const readPast: ReadPastRollouts = (service) => {
      asked.push(service);
      return Promise.resolve([past(1, { serves: left({ fence: NO_FENCE }) })]);
    };
    expect((await recalled({ ...PLANE, fences: [NO_FENCE] }, readPast)).record).toBeNull();
    expect(asked).toEqual([]);
  });

  test('of the newest that left a word; what came to nothing since may have brought something to the other slot [C-15]', async () => {
    const readPast = remembering(
      past(1, { serves: left() }),
      past(3, { version: '3.0.0' }),
      past(2, { version: '2.5.0' }),
    );
    expect((await recalled(PLANE, readPast)).record).toEqual(left({ idle: '3.0.0' }));
  });

  test('and not of an older one whose fence is there again: the data plane was put back [C-15]', async () => {
    const readPast = remembering(past(1, { serves: left() }), past(2, { serves: left({ slot: 'blue', fence: 80 }) }));
    expect((await recalled(PLANE, readPast)).record).toBeNull();
  });

  test('also when the server lists it a moment late [C-15]', async () => {
    let asked = 0;
    const late: ReadPastRollouts = () => {
      asked += 1;
      return Promise.resolve(asked < 3 ? [] : [past(1, { serves: left() })]);
    };
    expect((await recalled(PLANE, late)).record).toEqual(left());
  });
});

describe('where the server does not remember it', () => {
  const outcome: Partial<JournalEntry> = { kind: 'outcome', status: { serves: left() } as RolloutStatus };

  test('the journal does, on the same conditions [C-15]', async () => {
    const journal = journalOf([{ kind: 'outcome', status: { serves: left({ fence: 8 }) } as RolloutStatus }, outcome]);
    expect((await recalled(PLANE, remembering(), journal)).record).toEqual(left());
    const moved = { ...PLANE, fences: [FENCE + 8] };
    expect((await recalled(moved, remembering(), journal)).record).toBeNull();
  });

  test('because it cannot be asked: that is told, and the journal is read [C-15]', async () => {
    const readPast: ReadPastRollouts = () => Promise.reject(new Error('visibility is down'));
    expect(await recalled(PLANE, readPast, journalOf([outcome]))).toEqual({
      record: left(),
      brokenOff: null,
      trouble: ['what earlier rollouts left cannot be read: visibility is down'],
    });
  });

  test('and the journal cannot be read either: nobody knows, and nothing fails [C-15]', async () => {
    const journal: Journal = { ...EMPTY, read: () => Promise.reject(new Error('EIO')) };
    const { record, trouble } = await recalled(PLANE, remembering(), journal);
    expect(record).toBeNull();
    expect(trouble).toEqual(['the journal cannot be read: EIO']);
  });

  test('what somebody wrote into a memo or a line is no word of ours [C-15]', async () => {
    const journal = journalOf([{ kind: 'outcome', status: { serves: { slot: 'green' } } as unknown as RolloutStatus }]);
    expect((await recalled(PLANE, remembering(), journal)).record).toBeNull();
  });
});

test('of a rollout that was terminated, what served when it began is known [W52] [C-16]', async () => {
  const readPast = remembering(
    past(1, { serves: left({ fence: 8 }) }),
    past(2, { brokenOff: true, baseline: { slot: 'green', version: '2.0.0' } }),
  );
  expect(await recalled(PLANE, readPast)).toMatchObject({
    record: null,
    brokenOff: { slot: 'green', version: '2.0.0' },
  });
});
