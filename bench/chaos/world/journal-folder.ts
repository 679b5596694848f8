import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where workers keep their record, which can be taken away and given back in one step each. */
export interface JournalFolder {
  readonly path: string;
  takeAway(): Promise<void>;
  giveBack(): Promise<void>;
  /** Every line of every file. */
  lines(): Promise<readonly string[]>;
}

export async function makeJournalFolder(directory: string): Promise<JournalFolder> {
  const records = join(directory, 'records');
  const path = join(directory, 'journal');
  const next = join(directory, 'next');
  await mkdir(records);
  await symlink(records, path);
  return {
    path,
    async takeAway() {
      // Not even root can write into a file as if it were a folder.
      await writeFile(next, '');
      await rename(next, path);
    },
    async giveBack() {
      await symlink(records, next);
      await rename(next, path);
    },
    async lines() {
      const names = (await readdir(records)).filter((name) => name.endsWith('.jsonl'));
      const texts = await Promise.all(names.map((name) => readFile(join(records, name), 'utf8')));
      return texts.flatMap((text) => text.split('\n')).filter((line) => line !== '');
    },
  };
}
