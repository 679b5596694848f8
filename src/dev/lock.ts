import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AlreadyRunningError } from './errors.js';
import { isAlive } from './process/is-alive.js';

/**
 * Takes a directory for this process: two Temporal servers on one file would break it.
 *
 * @returns what gives it back.
 * @throws AlreadyRunningError when a process that lives has it.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'dev.pid');
  for (;;) {
    if (await tryToWrite(file)) return () => rm(file, { force: true });
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (isAlive(holder)) throw new AlreadyRunningError(directory, holder);
    // Left behind by one that was killed.
    await rm(file, { force: true });
  }
}

async function tryToWrite(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
