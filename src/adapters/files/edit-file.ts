import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { acquireLock, type FileLock } from './file-lock.js';

/** Changes of one file made in this process wait for each other here, not at the lock. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Changes a text file that other processes read and change too: one change at a time, and readers see the old text or
 * the new one, never half of it. Mode and owner stay. Nothing is written when `edit` changes nothing.
 *
 * @throws Error from the file system, from `edit`, or when the lock cannot be had within `timeoutMs`.
 */
export async function editFile(path: string, edit: (text: string) => string, timeoutMs: number): Promise<void> {
  // A link is followed, not replaced.
  const file = await realpath(path);
  const before = queues.get(file) ?? Promise.resolve();
  const mine = before.catch(() => undefined).then(() => editAlone(file, edit, timeoutMs));
  queues.set(file, mine);
  try {
    await mine;
  } finally {
    if (queues.get(file) === mine) queues.delete(file);
  }
}

async function editAlone(file: string, edit: (text: string) => string, timeoutMs: number): Promise<void> {
  // What changes nothing needs no lock, and no right to write.
  if (await isUnchanged(file, edit)) return;
  const lock = await acquireLock(`${file}.lock`, timeoutMs);
  try {
    const text = await readFile(file, 'utf8');
    const edited = edit(text);
    if (edited !== text) await replace(file, edited, lock);
  } finally {
    await lock.release();
  }
}

async function isUnchanged(file: string, edit: (text: string) => string): Promise<boolean> {
  const text = await readFile(file, 'utf8');
  return edit(text) === text;
}

async function replace(file: string, text: string, lock: FileLock): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeLike(temporary, text, file);
    await lock.assertHeld();
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(file));
}

/** On the disk before it gets its name: a machine that loses power must not come back with an empty file. */
async function writeLike(path: string, text: string, model: string): Promise<void> {
  const { mode, uid, gid } = await stat(model);
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.chmod(mode);
    // Only root may give a file away; whoever may not write as the owner keeps the name of the writer.
    await handle.chown(uid, gid).catch(() => undefined);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
