import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { open, readFile, realpath, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isLate, refuseLate } from '../late.js';
import { takeLock, type HeldLock } from './file-lock.js';

type Edit = (text: string) => string;

interface Change {
  readonly edit: Edit;
  readonly notAfterMs: number | undefined;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

/** What this process wants of a file while it is being written; no entry: nobody is at it. */
const waiting = new Map<string, Change[]>();

/**
 * Changes a text file that other processes read and change too: one change at a time, and readers see the old text or
 * the new one, never half of it. Mode and owner stay. Nothing is written when `edit` changes nothing.
 *
 * What this process asks for while it writes is written together afterwards: hundreds of rollbacks at once wait for the
 * disk once, not one after the other. `edit` may be called more than once.
 *
 * @param notAfterMs nothing is written when `Date.now()` is past it, not even after the lock was waited for
 * @throws Error from the file system, from `edit`, when its time is over, or when the lock cannot be had within `timeoutMs`.
 */
export async function editFile(path: string, edit: Edit, timeoutMs: number, notAfterMs?: number): Promise<void> {
  // A link is followed, not replaced.
  const file = await realpath(path);
  await new Promise<void>((done, failed) => {
    const change = { edit, notAfterMs, done, failed };
    const others = waiting.get(file);
    if (others !== undefined) {
      others.push(change);
      return;
    }
    waiting.set(file, [change]);
    void writeAllThatWait(file, timeoutMs);
  });
}

async function writeAllThatWait(file: string, timeoutMs: number): Promise<void> {
  for (;;) {
    const changes = waiting.get(file) ?? [];
    if (changes.length === 0) {
      waiting.delete(file);
      return;
    }
    waiting.set(file, []);
    try {
      const refused = await writeTogether(file, changes, timeoutMs);
      for (const change of changes) {
        if (refused.has(change)) change.failed(refused.get(change));
        else change.done();
      }
    } catch (error) {
      for (const change of changes) change.failed(error);
    }
  }
}

/** The changes that refused, and why. */
async function writeTogether(
  file: string,
  changes: readonly Change[],
  timeoutMs: number,
): Promise<ReadonlyMap<Change, unknown>> {
  // What changes nothing needs no lock, and no right to write.
  const before = await readFile(file, 'utf8');
  const outlook = apply(changes, before);
  if (outlook.text === before) return outlook.refused;
  const lock = await takeLock(`${file}.lock`, { timeoutMs });
  try {
    for (;;) {
      const text = await readFile(file, 'utf8');
      const edited = apply(changes, text);
      if (edited.text === text) return edited.refused;
      const made = changes.filter((change) => !edited.refused.has(change));
      if (await replace(file, edited.text, lock, made)) return edited.refused;
    }
  } finally {
    lock.release();
  }
}

function apply(changes: readonly Change[], before: string): { text: string; refused: Map<Change, unknown> } {
  const refused = new Map<Change, unknown>();
  let text = before;
  for (const change of changes) {
    try {
      refuseLate(change.notAfterMs);
      text = change.edit(text);
    } catch (error) {
      refused.set(change, error);
    }
  }
  return { text, refused };
}

/** @returns false when the time of a change in it is over meanwhile: the others have to be made without it. */
async function replace(file: string, text: string, lock: HeldLock, made: readonly Change[]): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeLike(temporary, text, file);
    if (!lock.isOurs()) throw new Error(`${file}.lock was taken over by somebody else`);
    if (made.some(({ notAfterMs }) => isLate(notAfterMs))) return await givenUp(temporary);
    // At once: between looking and doing nothing else may get its turn.
    renameSync(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(file));
  return true;
}

async function givenUp(temporary: string): Promise<false> {
  await unlink(temporary);
  return false;
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
