import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { chown, open, rm, stat } from 'node:fs/promises';
import type { HeldLock } from '../../files/file-lock.js';
import { describeFailure } from '../../http/json-client.js';
import { envoyFailure } from './failure.js';

/**
 * Written beside it and moved over it: whoever reads it sees the old or the new one, whole. Also when nothing is new, an
 * Envoy that missed the last move hears of this one.
 *
 * @returns false when somebody else has written it, or taken the lock, meanwhile, or when the time of a change is over.
 */
export async function replace(
  path: string,
  before: string,
  after: string,
  lock: HeldLock,
  isOverdue: () => boolean,
): Promise<boolean> {
  const next = `${path}.${randomUUID()}.tmp`;
  try {
    const { mode, uid, gid } = await stat(path);
    const handle = await open(next, 'wx', mode);
    try {
      await handle.writeFile(after);
      await handle.chmod(mode);
      // A machine that stops now must not come back with an empty file.
      await handle.datasync();
    } finally {
      await handle.close();
    }
    // Whoever owned it goes on to own it, where we may say so.
    await chown(next, uid, gid).catch(() => undefined);
    // At once: between looking and doing nothing else may get its turn.
    if (!lock.isOurs() || readFileSync(path, 'utf8') !== before || isOverdue()) return false;
    renameSync(next, path);
    return true;
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    await rm(next, { force: true });
  }
}

export function unwritable(path: string, error: unknown): Error {
  return envoyFailure(`${path} could not be written; it is left as it was`, {
    expected: 'a file and a folder that the worker may write',
    got: describeFailure(error),
    remedy: "Let the worker's user write the file and its folder.",
    cause: error,
  });
}

export function unlockable(path: string, error: unknown): Error {
  return envoyFailure(`${path} cannot be written`, {
    expected: 'a folder in which the worker may make files, beside the RDS file',
    got: describeFailure(error),
    remedy: 'Let the worker write there; a folder that is mounted read-only cannot be used.',
    cause: error,
  });
}

export function unreadable(path: string, error: unknown): Error {
  return envoyFailure(`${path} cannot be read`, {
    expected: 'an RDS file that the worker may read',
    got: describeFailure(error),
    remedy: 'Correct routes: under routers in headgate.yaml, or let the worker read the file.',
    cause: error,
  });
}
