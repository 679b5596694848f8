import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AlreadyRunningError, DirectoryUnusableError } from './errors.js';
import { isAlive } from './process/is-alive.js';

/**
 * Takes a directory for this process: two Temporal servers on one file would break it.
 *
 * @returns what gives it back.
 * @throws AlreadyRunningError when a process that lives has it; DirectoryUnusableError when nothing can be written there.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  try {
    await mkdir(directory, { recursive: true });
    return await lock(directory);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) throw new DirectoryUnusableError(directory, error);
    throw error;
  }
}

async function lock(directory: string): Promise<() => Promise<void>> {
  const file = join(directory, 'dev.pid');
  for (;;) {
    if (await tryToWrite(file)) return () => rm(file, { force: true });
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (isAlive(holder)) throw new AlreadyRunningError(directory, holder);
    // Left behind by one that was killed.
    await rm(file, { force: true });
  }
}

/** Written aside first: who finds the file must find a number in it. */
async function tryToWrite(file: string): Promise<boolean> {
  const own = `${file}.${randomUUID()}`;
  await writeFile(own, String(process.pid));
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}
