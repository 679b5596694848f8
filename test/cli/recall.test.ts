import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recallFrom } from '../../src/cli/recall.js';
import { loadConfig } from '../../src/config/load-config.js';
import type { JournalEntry } from '../../src/ports/journal.js';
import { createJournal } from '../../src/wiring/create-ports.js';
import { STORIES } from './support/statuses.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-recall-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const journal = () => Promise.resolve(createJournal(loadConfig({ env: { HEADGATE_JOURNAL: folder }, cwd: folder })));

function outcome(rolloutId: string, status: JournalEntry['status']): JournalEntry {
  return {
    id: `${rolloutId}#9`,
    rolloutId,
    service: 'checkout',
    at: '2027-01-31T14:12:01.600Z',
    kind: 'outcome',
    what: 'over',
    ...(status === undefined ? {} : { status }),
  };
}

test('a rollout that Temporal has forgotten stays readable; a service means its newest [C-06]', async () => {
  const [first, second] = [STORIES.promoted().status(), STORIES.rolledBack().status()];
  const entries = [
    outcome('checkout@one', { ...first, id: 'checkout@one' }),
    outcome('checkout@two', { ...second, id: 'checkout@two' }),
  ];
  await (await journal()).append([...entries, { ...outcome('checkout@three', undefined), kind: 'decision' }]);
  const recall = recallFrom(journal);
  expect(await recall('checkout@one')).toMatchObject({ id: 'checkout@one', outcome: 'promoted' });
  expect(await recall('checkout')).toMatchObject({ id: 'checkout@two', outcome: 'rolledBack' });
  expect(await recall('checkout@three')).toBeNull();
  expect(await recall('search')).toBeNull();
});

test('a journal that cannot be read leaves the word to the server', async () => {
  const recall = recallFrom(() => Promise.reject(new Error('the configuration is refused')));
  expect(await recall('checkout')).toBeNull();
});
