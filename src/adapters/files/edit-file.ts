import { readFile, realpath } from 'node:fs/promises';
import { replaceFile } from '../../files/replace-file.js';
import { isLate, refuseLate } from '../late.js';
import { takeLock, type HeldLock } from './file-lock.js';

export type Edit = (text: string) => string;

/** What has to be done while nobody else writes, before it is known what becomes of the text. */
export interface EditUnderLock {
  /** Called once, with the text as it is. */
  prepare(text: string, lock: HeldLock): Promise<Edit>;
}

interface Change {
  readonly edit: Edit | EditUnderLock;
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
export async function editFile(
  path: string,
  edit: Edit | EditUnderLock,
  timeoutMs: number,
  notAfterMs?: number,
): Promise<void> {
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

/** A change whose edit is known, or why it has none. */
interface Prepared {
  readonly change: Change;
  readonly edit: Edit | { readonly refusal: unknown };
}

/** The changes that refused, and why. */
async function writeTogether(
  file: string,
  changes: readonly Change[],
  timeoutMs: number,
): Promise<ReadonlyMap<Change, unknown>> {
  const plain = changes.flatMap((change): Prepared[] =>
    typeof change.edit === 'function' ? [{ change, edit: change.edit }] : [],
  );
  if (plain.length === changes.length) {
    // What changes nothing needs no lock, and no right to write.
    const before = await readFile(file, 'utf8');
    const outlook = apply(plain, before);
    if (outlook.text === before) return outlook.refused;
  }
  const lock = await takeLock(`${file}.lock`, { timeoutMs });
  try {
    const seen = await readFile(file, 'utf8');
    const prepared = await Promise.all(changes.map((change) => prepare(change, seen, lock)));
    for (;;) {
      const text = await readFile(file, 'utf8');
      const edited = apply(prepared, text);
      if (edited.text === text) return edited.refused;
      const made = changes.filter((change) => !edited.refused.has(change));
      if (await replace(file, edited.text, lock, made)) return edited.refused;
    }
  } finally {
    lock.release();
  }
}

async function prepare(change: Change, text: string, lock: HeldLock): Promise<Prepared> {
  const { edit } = change;
  if (typeof edit === 'function') return { change, edit };
  return edit.prepare(text, lock).then(
    (prepared) => ({ change, edit: prepared }),
    (refusal: unknown) => ({ change, edit: { refusal } }),
  );
}

function apply(changes: readonly Prepared[], before: string): { text: string; refused: Map<Change, unknown> } {
  const refused = new Map<Change, unknown>();
  let text = before;
  for (const { change, edit } of changes) {
    if (typeof edit !== 'function') {
      refused.set(change, edit.refusal);
      continue;
    }
    try {
      refuseLate(change.notAfterMs);
      text = edit(text);
    } catch (error) {
      refused.set(change, error);
    }
  }
  return { text, refused };
}

/** @returns false when the time of a change in it is over meanwhile: the others have to be made without it. */
async function replace(file: string, text: string, lock: HeldLock, made: readonly Change[]): Promise<boolean> {
  return replaceFile(file, text, () => {
    if (!lock.isOurs()) throw new Error(`${file}.lock was taken over by somebody else`);
    return !made.some(({ notAfterMs }) => isLate(notAfterMs));
  });
}
