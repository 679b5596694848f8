import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { STOP_GRACE_MS } from '../defaults.js';
import { waitFor } from '../wait-for.js';
import { isAlive } from './is-alive.js';

/** The programs of a run, for the next one to find should this one be killed and its reaper too. */
export interface ProgramList {
  /** Never rejects. */
  remember(name: string, pid: number): Promise<void>;
  forget(): Promise<void>;
}

const listSchema = z.record(z.string(), z.object({ pid: z.number(), commandLine: z.string() }));
type Programs = z.output<typeof listSchema>;

/** The name of the one that ends the others. */
export const REAPER = 'reaper';

/**
 * Begins a new list, once nothing of the last one runs: two Temporal servers on one file would break it.
 *
 * @throws NotReadyError when something of the last run cannot be ended.
 */
export async function listPrograms(directory: string, say: (line: string) => void): Promise<ProgramList> {
  const file = join(directory, 'programs.json');
  await endThose(await read(file), say);
  let programs: Programs = {};
  return {
    async remember(name, pid) {
      const commandLine = await commandLineOf(pid);
      if (commandLine === null) return;
      programs = { ...programs, [name]: { pid, commandLine } };
      // On a full disk there is the reaper all the same.
      await writeFile(file, JSON.stringify(programs)).catch(() => undefined);
    },
    forget: () => rm(file, { force: true }),
  };
}

async function read(file: string): Promise<Programs> {
  try {
    return listSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // There is none, or it was cut off when it was written: what it named is ended by the reaper.
    return {};
  }
}

async function endThose({ [REAPER]: reaper, ...programs }: Programs, say: (line: string) => void): Promise<void> {
  // It is about to end the others.
  if (reaper !== undefined) await isGone(REAPER, reaper, 2 * STOP_GRACE_MS).catch(() => undefined);
  await Promise.all(
    Object.entries(programs).map(async ([name, program]) => {
      if (!(await runs(program))) return;
      say(`ending the ${name} of an earlier run (process ${String(program.pid)})`);
      send(program.pid, 'SIGTERM');
      await isGone(name, program, STOP_GRACE_MS).catch(() => {
        send(program.pid, 'SIGKILL');
        return isGone(name, program, STOP_GRACE_MS);
      });
    }),
  );
}

function isGone(name: string, program: Programs[string], deadlineMs: number): Promise<true> {
  return waitFor(
    `the ${name} of an earlier run to end (process ${String(program.pid)})`,
    async () => ((await runs(program)) ? { notYet: 'it runs' } : { value: true }),
    { deadlineMs },
  );
}

/** Its number alone proves nothing: it may belong to another program by now. */
async function runs({ pid, commandLine }: Programs[string]): Promise<boolean> {
  return isAlive(pid) && (await commandLineOf(pid)) === commandLine;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    // It leads a group of its own.
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** How a process was called; `null` when that cannot be known. */
async function commandLineOf(pid: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${String(pid)}/cmdline`, 'utf8');
    const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]);
    return stdout.trim();
  } catch {
    return null;
  }
}
