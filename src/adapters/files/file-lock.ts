import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whoever holds it writes a few milliseconds; one who is seen for so long has died, or might as well have. */
const LOCK_STALE_MS = 3000;

const SHORTEST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 9;

export interface LockOptions {
  /** After so long without a change it counts as left behind. Default 3000. */
  readonly staleMs?: number;
  /** How long to wait for it at most. Default: until it is free, or left behind. */
  readonly timeoutMs?: number;
  /** Of one who waits only a short time, again and again: what was seen before. */
  readonly memory?: LockMemory;
}

/** A lock that is held. Asked and released at once, so that nothing gets between the look and what it was for. */
export interface HeldLock {
  /** Whether nobody took it meanwhile, thinking that its holder had died: to be asked before anything lasting is done. */
  isOurs(): boolean;
  release(): void;
}

/** Thrown when it is still held after the time that there was. */
export class LockHeldError extends Error {
  constructor(path: string, holder: string, timeoutMs: number) {
    super(`${path} is held by ${holder} for more than ${String(timeoutMs)} ms`);
    this.name = 'LockHeldError';
  }
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly machine: string;
}

/** A lock file as it was met. */
interface Sight {
  readonly text: string;
  /** Tells one lock from the next, also where neither can be read. Times of files are never compared with a clock. */
  readonly mark: string;
}

/** Since when one lock has been seen as it is. */
export class LockMemory {
  private mark: string | null = null;
  private sinceMs = 0;

  unchangedForMs({ mark }: Sight): number {
    if (this.mark === mark) return performance.now() - this.sinceMs;
    this.mark = mark;
    this.sinceMs = performance.now();
    return 0;
  }

  forget(): void {
    this.mark = null;
  }
}

/**
 * Takes the lock file, so that of all workers one writes at a time. It binds those who ask for it.
 *
 * A holder that was killed does not block for ever: on this machine its process is seen to be gone; elsewhere its lock
 * counts as left behind when it has not changed for a while by the clock of the one who waits, which needs no common time.
 *
 * @throws LockHeldError when it is still held after `timeoutMs`; Error when the file cannot be made there.
 */
export async function takeLock(path: string, options: LockOptions = {}): Promise<HeldLock> {
  const { staleMs = LOCK_STALE_MS, timeoutMs = Infinity, memory = new LockMemory() } = options;
  const mine: Holder = { token: randomUUID(), pid: process.pid, machine: MACHINE };
  const endsAtMs = performance.now() + timeoutMs;
  for (;;) {
    const sight = await look(path);
    if (sight === null) {
      if (!(await create(path, mine))) continue;
      memory.forget();
      return heldLock(path, mine.token);
    }
    if (isLeftBehind(sight.text) || memory.unchangedForMs(sight) > staleMs) {
      await breakLock(path, sight);
      continue;
    }
    if (performance.now() > endsAtMs) throw new LockHeldError(path, sight.text || 'somebody', timeoutMs);
    await sleep(SHORTEST_PAUSE_MS + Math.random() * (LONGEST_PAUSE_MS - SHORTEST_PAUSE_MS));
  }
}

function heldLock(path: string, token: string): HeldLock {
  const isOurs = (): boolean => holderIn(path)?.token === token;
  return {
    isOurs,
    release() {
      if (isOurs()) rmSync(path, { force: true });
    },
  };
}

/** With its content at once: a lock that does not say who holds it could only be waited for until it is old. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const temporary = `${path}.${holder.token}`;
  await writeFile(temporary, JSON.stringify(holder), { flag: 'wx' });
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** `null` when it is gone; one that may not be read is as good as empty: it ages like any other. */
async function look(path: string): Promise<Sight | null> {
  try {
    const { mtimeMs } = await stat(path);
    const text = await readFile(path, 'utf8').catch(emptyUnlessGone);
    return { text, mark: `${String(mtimeMs)} ${text}` };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function emptyUnlessGone(error: unknown): string {
  if (codeOf(error) === 'ENOENT') throw error;
  return '';
}

/** Moves it aside first: of two who break it at once one gets it, and sees whether it is still what it wanted to break. */
async function breakLock(path: string, { mark }: Sight): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  // Somebody else broke it before and holds a new one: it goes back, unless a third has come.
  if ((await look(aside))?.mark !== mark) await link(aside, path).catch(() => undefined);
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

function holderIn(path: string): Holder | null {
  try {
    return holderOf(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** `null` for one that is none of ours. */
function holderOf(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder | null;
  } catch {
    return null;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
