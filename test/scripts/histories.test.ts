import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checksumsOf,
  differencesIn,
  folderOf,
  recordedReleases,
  RELEASE_IN_WORK,
  sumsFileIn,
} from '../../scripts/steps/histories.mjs';
import { ROOT } from '../../scripts/steps/root.mjs';

const releases = recordedReleases(ROOT);

/** What is new is recorded beside a frozen release before the version is raised. */
const isLater = (release: string): boolean => release.localeCompare(RELEASE_IN_WORK, 'en', { numeric: true }) > 0;

test('the histories of every release but the one in work, and those to come, are frozen', () => {
  expect(releases.length).toBeGreaterThan(0);
  const inWork = releases.filter(({ isFrozen }) => !isFrozen).map(({ release }) => release);
  expect(inWork.filter((release) => release !== RELEASE_IN_WORK && !isLater(release))).toEqual([]);
});

test('histories that are frozen are what they were, to the byte [C-12]', () => {
  const frozen = releases.filter(({ isFrozen }) => isFrozen);
  expect(frozen.flatMap(({ folder }) => differencesIn(folder))).toEqual([]);
});

describe('a frozen history', () => {
  let root: string;
  let folder: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headgate-histories-'));
    folder = folderOf(root, '0.1');
    await mkdir(folder, { recursive: true });
    for (const name of ['a.json', 'b.json']) await writeFile(join(folder, name), `{"name":"${name}"}`);
    await writeFile(sumsFileIn(folder), checksumsOf(folder));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test('is as it was', () => {
    expect(recordedReleases(root)).toEqual([{ release: '0.1', folder, isFrozen: true }]);
    expect(differencesIn(folder)).toEqual([]);
  });

  test('may not change, go away, or get another one beside it', async () => {
    await writeFile(join(folder, 'a.json'), '{"name":"other"}');
    await rm(join(folder, 'b.json'));
    await writeFile(join(folder, 'c.json'), '{}');
    expect(differencesIn(folder)).toEqual(['a.json is not what it was', 'b.json is gone', 'c.json was not there']);
  });
});
