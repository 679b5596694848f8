import { obtainProgram } from '../../src/dev/binaries/obtain.js';
import { TEMPORAL_CLI } from '../../src/dev/binaries/programs.js';

/** The path of the `temporal` program. */
export async function findTemporal(): Promise<string> {
  const { path } = await obtainProgram(TEMPORAL_CLI, { env: process.env, onProgress: (line) => console.error(line) });
  return path;
}
