import { spawn } from 'node:child_process';
import { formatElapsed } from '../../domain/duration.js';

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

export interface RunResult {
  readonly exitCode: number | null;
  /** Standard output and standard error together, without its surroundings of white space. */
  readonly output: string;
}

const MAX_OUTPUT_CHARS = 20_000;

/**
 * Runs a program to its end, without input.
 *
 * @throws Error when it cannot be started or takes too long.
 */
export function run(command: string, args: readonly string[], { env, timeoutMs }: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    // In our own process group: Ctrl-C ends it together with us.
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (text: string): void => void (output = (output + text).slice(-MAX_OUTPUT_CHARS));
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(error.code === 'ENOENT' ? new Error(`${command} is not there`, { cause: error }) : error);
    });
    child.once('close', (exitCode) => {
      clearTimeout(timer);
      if (late) reject(new Error(`not done after ${formatElapsed(timeoutMs)}; its last words: ${lastLine(output)}`));
      else resolve({ exitCode, output: output.trim() });
    });
  });
}

/** Runs a program that must succeed. @throws Error with its last words when it does not. */
export async function runOrThrow(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { exitCode, output } = await run(command, args, options);
  if (exitCode !== 0) throw new Error(lastLine(output));
  return output;
}

function lastLine(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  // pip ends with advice about itself; what went wrong stands in the lines that say so.
  return (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'nothing').trim();
}
