import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProgramEndedError } from '../errors.js';
import { STOP_GRACE_MS } from '../defaults.js';
import type { Reaper } from './reaper.js';

export interface ProgramOptions {
  /** What people call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** What it says is kept here, appended. Default: only its last lines are kept, in memory. */
  readonly logFile?: string;
  readonly reaper: Reaper;
}

/** A program that runs beside us. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** Resolves, never rejects, with how it ended. */
  readonly ended: Promise<string>;
  /** The newest lines that it said. */
  lastOutput(): string;
  /** @throws ProgramEndedError when it is no longer there, with what it wrote last. */
  assertRunning(): void;
  /** Asks it to end, waits, and ends it when it takes too long. */
  stop(graceMs?: number): Promise<void>;
  /** Ends it without asking, as a crash would. */
  kill(): Promise<void>;
}

const KEPT_LINES = 15;

/** Starts a program in a process group of its own, so that Ctrl-C reaches us first and we end things in order. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, reaper } = options;
  const child = spawn(options.command, options.args, {
    env: options.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const lastOutput = listenTo(child, options.logFile);
  let how: string | null = null;
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal === null ? `exit code ${String(code)}` : `signal ${signal}`));
  });
  const { pid } = child;
  void ended.then((end) => {
    how = end;
    if (pid !== undefined) reaper.forget(pid);
  });
  if (pid === undefined) throw new ProgramEndedError(name, await ended, '');
  reaper.watch(pid);

  async function endBy(signal: NodeJS.Signals, waitMs: number): Promise<boolean> {
    if (how === null) signalGroup(child, signal);
    const timeout = new AbortController();
    const late = sleep(waitMs, 'late', { signal: timeout.signal, ref: false }).catch(() => 'late');
    const first = await Promise.race([ended, late]);
    timeout.abort();
    return first !== 'late';
  }

  return {
    name,
    pid,
    ended,
    lastOutput,
    assertRunning() {
      if (how !== null) throw new ProgramEndedError(name, how, lastOutput());
    },
    async stop(graceMs = STOP_GRACE_MS) {
      if (how !== null || (await endBy('SIGTERM', graceMs))) return;
      await endBy('SIGKILL', graceMs);
    },
    async kill() {
      await endBy('SIGKILL', STOP_GRACE_MS);
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}

/** Keeps what the program says; answers with the last of it. */
function listenTo(child: ChildProcess, logFile: string | undefined): () => string {
  const lines: string[] = [];
  const file = logFile === undefined ? null : createWriteStream(logFile, { flags: 'a' });
  file?.on('error', () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      file?.write(text);
      lines.push(...text.split('\n').filter((line) => line.trim() !== ''));
      lines.splice(0, lines.length - KEPT_LINES);
    });
  }
  if (file !== null) void once(child, 'close').then(() => file.end());
  return () => lines.join('\n');
}
