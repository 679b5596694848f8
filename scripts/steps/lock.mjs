import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say, SetupError } from './progress.mjs';

const LOOK_EVERY_MS = 200;

/**
 * One set-up of a checkout at a time: two `npm ci` at once would delete each other's work. The second waits, then finds
 * everything done.
 *
 * @template Result
 * @param {string} root
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function holdLock(root, work) {
  const folder = join(root, '.headgate');
  const lock = join(folder, 'setup.lock');
  mkdirSync(folder, { recursive: true });
  let told = false;
  while (!take(lock)) {
    const holder = holderOf(lock);
    if (holder !== null && !told) {
      say(`another set-up of this checkout is at work (process ${holder}, says ${lock}); waiting for it …`);
      told = true;
    }
    await sleep(LOOK_EVERY_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** @param {string} lock */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST') return false;
    throw new SetupError(message, 'The checkout must be writable for you');
  }
}

/**
 * The process that holds the lock; a lock whose holder is gone is removed.
 *
 * @param {string} lock
 */
function holderOf(lock) {
  let pid;
  try {
    pid = Number(readFileSync(lock, 'utf8'));
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') rmSync(lock, { force: true });
    return null;
  }
}
