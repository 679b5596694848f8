import { takeLock, type HeldLock, type LockOptions } from './file-lock.js';

interface Waiting {
  readonly begin: (lock: HeldLock) => Promise<void>;
  readonly failed: (reason: unknown) => void;
}

/** Who waits in this process for a lock, by its path; no entry: nobody does. */
const waiting = new Map<string, Waiting[]>();

/**
 * Works while the lock is held. What this process has to do meanwhile is done together when it holds it the next time:
 * hundreds who want it at once wait for other processes once, not each for all.
 *
 * @throws LockHeldError when another process holds it for longer than `timeoutMs`; Error when it cannot be made.
 */
export function lockedTogether<Result>(
  path: string,
  options: LockOptions,
  work: (lock: HeldLock) => Promise<Result>,
): Promise<Result> {
  return new Promise<Result>((done, failed) => {
    const begin = (lock: HeldLock): Promise<void> => work(lock).then(done, failed);
    const others = waiting.get(path);
    if (others !== undefined) {
      others.push({ begin, failed });
      return;
    }
    waiting.set(path, [{ begin, failed }]);
    void workForAllThatWait(path, options);
  });
}

async function workForAllThatWait(path: string, options: LockOptions): Promise<void> {
  // What is asked for in the same moment waits together from the beginning.
  await Promise.resolve();
  for (;;) {
    const all = waiting.get(path) ?? [];
    if (all.length === 0) {
      waiting.delete(path);
      return;
    }
    waiting.set(path, []);
    try {
      const lock = await takeLock(path, options);
      try {
        await Promise.all(all.map(({ begin }) => begin(lock)));
      } finally {
        lock.release();
      }
    } catch (error) {
      for (const { failed } of all) failed(error);
    }
  }
}
