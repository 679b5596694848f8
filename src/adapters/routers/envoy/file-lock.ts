import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { envoyFailure } from './failure.js';

/** Whoever holds it writes a few milliseconds; one who is seen for so long has died, or might as well have. */
const LOCK_STALE_MS = 3000;

const LOOK_EVERY_MS = 5;

export interface LockOptions {
  /** Default 3000. */
  readonly staleMs?: number;
}

/** A lock that is held. */
export interface HeldLock {
  /** Whether nobody took it meanwhile, thinking that its holder had died: to be asked before anything lasting is done. */
  isOurs(): Promise<boolean>;
  release(): Promise<void>;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly machine: string;
}

/**
 * Takes the lock file, so that of all workers one writes at a time. It binds those who ask for it.
 *
 * A holder that was killed does not block for ever: on this machine its process is seen to be gone; elsewhere its lock
 * counts as left behind when it has not changed for a while by the clock of the one who waits, which needs no common time.
 *
 * @throws AdapterUnavailableError when the file cannot be made there.
 */
export async function takeLock(path: string, { staleMs = LOCK_STALE_MS }: LockOptions = {}): Promise<HeldLock> {
  const token = randomUUID();
  let seen = { text: '', sinceMs: performance.now() };
  for (;;) {
    if (await create(path, { token, pid: process.pid, machine: MACHINE })) return heldLock(path, token);
    const text = await readLock(path);
    if (text === null) continue;
    if (text !== seen.text) seen = { text, sinceMs: performance.now() };
    if (isLeftBehind(text) || performance.now() - seen.sinceMs > staleMs) await breakLock(path, text);
    else await sleep(LOOK_EVERY_MS);
  }
}

function heldLock(path: string, token: string): HeldLock {
  const isOurs = async (): Promise<boolean> => holderOf(await readFile(path, 'utf8').catch(() => ''))?.token === token;
  return {
    isOurs,
    async release() {
      if (await isOurs()) await rm(path, { force: true });
    },
  };
}

async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    const handle = await open(path, 'wx');
    try {
      await handle.writeFile(JSON.stringify(holder));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw envoyFailure(`${path} cannot be written`, {
      expected: 'a folder in which the worker may make files, beside the RDS file',
      got: error instanceof Error ? error.message : String(error),
      remedy: 'Let the worker write there; a folder that is mounted read-only cannot be used.',
      cause: error,
    });
  }
}

/** `null` when it is gone; one that may not be read is as good as empty: it ages like any other. */
async function readLock(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : '';
  }
}

/** Moves it aside first: of two who break it at once one gets it, and sees whether it is still what it wanted to break. */
async function breakLock(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  // Somebody else broke it before and holds a new one: it goes back, unless a third has come.
  if ((await readLock(aside)) !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Process ids mean something only where they are counted alike. */
const MACHINE = `${hostname()} ${pidNamespace()}`;

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function isLeftBehind(text: string): boolean {
  const holder = holderOf(text);
  if (holder?.machine !== MACHINE || holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}

/** `null` for one that is being written, or that is none of ours. */
function holderOf(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
