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
  while (!(await tryToWrite(file))) {
    const holder = await holderOf(file);
    if (holder === null) continue;
    if (isAlive(holder)) throw new AlreadyRunningError(directory, holder);
    await removeLeftBehind(directory, file);
  }
  return () => rm(file, { force: true });
}

/**
 * Removes the file of a process that was killed. One process at a time, which looks once more: whoever has read the file
 * before could otherwise remove the one that another process has put in its place.
 */
async function removeLeftBehind(directory: string, file: string): Promise<void> {
  const takeover = `${file}.takeover`;
  if (!(await tryToWrite(takeover))) {
    const taker = await holderOf(takeover);
    if (taker === null) return;
    if (isAlive(taker)) throw new AlreadyRunningError(directory, taker);
    return removeLeftBehind(directory, takeover);
  }
  try {
    const holder = await holderOf(file);
    if (holder !== null && !isAlive(holder)) await rm(file, { force: true });
  } finally {
    await rm(takeover, { force: true });
  }
}

/** The process that has a file, 0 where it names none; `null` where the file was given back meanwhile. */
async function holderOf(file: string): Promise<number | null> {
  try {
    return Number(await readFile(file, 'utf8')) || 0;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
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
