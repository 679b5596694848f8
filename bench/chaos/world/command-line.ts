import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reaper } from '../../../src/dev/process/reaper.js';

/** The program as it was built, wherever this file runs from. */
export const HEADGATE = join(projectFolder(dirname(fileURLToPath(import.meta.url))), 'dist', 'cli', 'main.js');

function projectFolder(from: string): string {
  if (existsSync(join(from, 'scripts', 'setup.mjs'))) return from;
  const above = dirname(from);
  if (above === from) throw new Error('this does not run inside of the project');
  return projectFolder(above);
}

/** Nothing that a person has set for their own installation reaches a round. */
export function quietEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(HEADGATE|TEMPORAL|CANARY)_/.test(name)));
}

export interface CommandOptions {
  readonly words: readonly string[];
  readonly folder: string;
  readonly temporalPort: number;
  readonly reaper: Reaper;
  readonly timeoutMs: number;
}

/** What a command line came to. */
export interface Said {
  /** `null` where it was ended because it took too long. */
  readonly exitCode: number | null;
  /** The document that it printed, if any. */
  readonly document: unknown;
  readonly stderr: string;
}

/** Runs a command as a person or a pipeline does, with JSON as its output. */
export async function runCommand(options: CommandOptions): Promise<Said> {
  const { words, folder, temporalPort, reaper, timeoutMs } = options;
  const child = spawn(process.execPath, [HEADGATE, ...words, '-o', 'json'], {
    cwd: folder,
    env: { ...quietEnvironment(), TEMPORAL_ADDRESS: `127.0.0.1:${String(temporalPort)}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid } = child;
  if (pid !== undefined) reaper.watch(pid);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  await once(child, 'close');
  clearTimeout(timer);
  if (pid !== undefined) reaper.forget(pid);
  return { exitCode: child.exitCode, document: parsed(stdout), stderr };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
