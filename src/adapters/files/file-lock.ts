import { randomUUID } from 'node:crypto';
import { link, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Held by one process at a time. */
export interface FileLock {
  /** @throws Error when somebody took it for abandoned meanwhile. */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/** Who holds it, as the file says. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly token: string;
}

/** What is done under a lock takes milliseconds: one so old was left behind by a machine that went away. */
const ABANDONED_AFTER_MS = 5000;
const LONGEST_PAUSE_MS = 20;

/**
 * A lock as a file that only one can create.
 *
 * One whose process has ended (on this machine), or that is older than five seconds, is taken over: a worker that was
 * killed must not stop the next one from rolling back.
 *
 * @throws Error when it is still held after `timeoutMs`.
 */
export async function acquireLock(path: string, timeoutMs: number): Promise<FileLock> {
  const mine: Holder = { pid: process.pid, host: hostname(), token: randomUUID() };
  const endsAtMs = performance.now() + timeoutMs;
  while (!(await tryCreate(path, JSON.stringify(mine)))) {
    const text = await contentOf(path);
    if (text !== null && (await isAbandoned(path, text))) await takeAway(path, text, mine.token);
    if (performance.now() > endsAtMs)
      throw new Error(`${path} is held by ${text ?? 'somebody'} for more than ${String(timeoutMs)} ms`);
    await sleep(1 + Math.random() * LONGEST_PAUSE_MS);
  }
  const isMine = async (): Promise<boolean> => (await contentOf(path)) === JSON.stringify(mine);
  return {
    async assertHeld() {
      if (!(await isMine())) throw new Error(`${path} was taken over by somebody else`);
    },
    async release() {
      if (await isMine()) await unlink(path);
    },
  };
}

/** With its content at once: a lock that says nothing of its holder could not be judged. */
async function tryCreate(path: string, content: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, content, { flag: 'wx' });
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

async function contentOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function isAbandoned(path: string, text: string): Promise<boolean> {
  const holder = holderIn(text);
  if (holder?.host === hostname() && !isAlive(holder.pid)) return true;
  try {
    return Date.now() - (await stat(path)).mtimeMs > ABANDONED_AFTER_MS;
  } catch {
    return false;
  }
}

function holderIn(text: string): Holder | null {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** Exactly this lock: a fresh one that came in its place meanwhile is put back. */
async function takeAway(path: string, abandoned: string, token: string): Promise<void> {
  const aside = `${path}.${token}.abandoned`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await contentOf(aside)) !== abandoned) await link(aside, path).catch(() => undefined);
  await unlink(aside);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
