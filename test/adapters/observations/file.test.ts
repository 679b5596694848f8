import { appendFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileObservations } from '../../../src/adapters/observations/file.js';
import { describeObservationStore, intervals, reading } from '../../contract/observation-store.js';

const newDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'headgate-observations-'));

describeObservationStore('file', {
  async start() {
    const directory = await newDirectory();
    return {
      open: () => Promise.resolve(createFileObservations({ directory })),
      stop: () => rm(directory, { recursive: true }),
    };
  },
});

describe('a file of observations', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await newDirectory();
  });

  afterEach(() => rm(directory, { recursive: true }));

  test('has the name of its rollout, in a directory that is made when missing', async () => {
    const deep = join(directory, 'not', 'there', 'yet');
    await createFileObservations({ directory: deep }).append('shop@7f3a', [reading('r1')]);
    expect(await readdir(deep)).toEqual(['shop@7f3a.jsonl']);
  });

  test('whose writer died in the middle of a line loses that line alone', async () => {
    const store = createFileObservations({ directory });
    await store.append('shop@a', [reading('r1')]);
    await appendFile(store.placeOf('shop@a'), JSON.stringify(intervals('r1', 1)[0]).slice(0, 40));
    expect(await store.read('shop@a')).toEqual([reading('r1')]);
    await store.append('shop@a', intervals('r1', 2));
    expect(await store.read('shop@a')).toEqual([reading('r1'), ...intervals('r1', 2)]);
  });

  test('is full at its limit: what is there stays, and what does not fit is refused whole', async () => {
    const store = createFileObservations({ directory, maxBytesPerRollout: 3000 });
    await store.append('shop@a', [reading('r1')]);
    await expect(store.append('shop@a', intervals('r1', 50))).rejects.toMatchObject({ code: 'OBSERVATIONS_FULL' });
    expect(await store.read('shop@a')).toEqual([reading('r1')]);
    await store.append('shop@b', [reading('r2')]);
  });

  test('with lines of someone else in it is read around them', async () => {
    const store = createFileObservations({ directory });
    const others = `\nnull\n17\n{"v":99,"kind":"interval"}\n`;
    await writeFile(store.placeOf('shop@a'), `${others}${JSON.stringify(reading('r1'))}\n`);
    expect(await store.read('shop@a')).toEqual([reading('r1')]);
  });

  test('that cannot be written is an error, not a silent loss', async () => {
    const store = createFileObservations({ directory });
    await mkdir(store.placeOf('shop@a'));
    await expect(store.append('shop@a', [reading('r1')])).rejects.toThrow(/EISDIR/);
  });
});
