import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { VERSION_MS } from './defaults.js';
import type { ThirdPartyProgram } from './program.js';
import { run } from './run.js';

/**
 * Starts the executable to learn that it is what it should be, and its version.
 *
 * @throws Error when it does not start or is something else.
 */
export async function versionOf(program: ThirdPartyProgram, path: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { output } = await run(path, ['--version'], { env, timeoutMs: VERSION_MS });
  const match = program.speaks.exec(output);
  if (match === null)
    throw new Error(`${path} is not ${program.name}: it says ${JSON.stringify(output.slice(0, 200))}`);
  return match[1] ?? 'unknown';
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
