import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileJournal } from '../../../src/adapters/journal/file.js';
import { describeJournal, entry } from '../../contract/journal.js';

const newDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'headgate-journal-'));

describeJournal('file', {
  async start() {
    const directory = await newDirectory();
    return {
      open: () => Promise.resolve(createFileJournal({ directory })),
      stop: () => rm(directory, { recursive: true }),
    };
  },
});

describe('a journal file', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await newDirectory();
  });

  afterEach(() => rm(directory, { recursive: true }));

  test('is one JSON document a line, in a directory that is made when missing', async () => {
    const deep = join(directory, 'not', 'there', 'yet');
    await createFileJournal({ directory: deep }).append([entry('1'), entry('2', { why: 'two\nlines' })]);
    const lines = (await readFile(join(deep, 'shop.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['1', '2']);
  });

  test('whose writer died in the middle of a line loses that line alone', async () => {
    const journal = createFileJournal({ directory });
    await journal.append([entry('1')]);
    await appendFile(join(directory, 'shop.jsonl'), JSON.stringify(entry('2')).slice(0, 30));
    expect(await journal.read({ service: 'shop' })).toEqual([entry('1')]);
    await journal.append([entry('3')]);
    expect(await journal.read({ service: 'shop' })).toEqual([entry('1'), entry('3')]);
  });

  test('with lines of someone else in it is read around them', async () => {
    await writeFile(join(directory, 'shop.jsonl'), `\nnull\n17\n{"id":5}\n${JSON.stringify(entry('1'))}\n`);
    expect(await createFileJournal({ directory }).read({})).toEqual([entry('1')]);
  });

  test('that cannot be written is an error, not a silent loss', async () => {
    await mkdir(join(directory, 'shop.jsonl'));
    await expect(createFileJournal({ directory }).append([entry('1')])).rejects.toThrow(/EISDIR/);
  });
});
