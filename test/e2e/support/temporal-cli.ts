import { inject } from 'vitest';
import { obtainProgram } from '../../../src/dev/binaries/obtain.js';
import { TEMPORAL_CLI } from '../../../src/dev/binaries/programs.js';
import { runOrThrow } from '../../../src/dev/binaries/run.js';

const TIMEOUT_MS = 60_000;

/**
 * Temporal's own command line as a person types it, on the server of this test run.
 *
 * @throws Error with its last words when it does not succeed.
 */
export type TemporalCli = (...words: readonly string[]) => Promise<string>;

/** Found as the set-up finds it, so that it is there wherever the tests' server is. */
export async function temporalCli(): Promise<TemporalCli> {
  const { path } = await obtainProgram(TEMPORAL_CLI, { env: process.env });
  // What a developer has set for a server of his own must not lead there.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
  return (...words) =>
    runOrThrow(path, [...words, '--address', inject('temporalAddress')], { env, timeoutMs: TIMEOUT_MS });
}
