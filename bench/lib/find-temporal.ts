import { obtainProgram } from '../../src/dev/binaries/obtain.js';
import type { ThirdPartyProgram } from '../../src/dev/binaries/program.js';
import { ENVOY, TEMPORAL_CLI } from '../../src/dev/binaries/programs.js';

/** The path of the `temporal` program. */
export async function findTemporal(): Promise<string> {
  return find(TEMPORAL_CLI);
}

/** The path of an Envoy, obtained where there is none. */
export async function findEnvoy(): Promise<string> {
  return find(ENVOY);
}

async function find(program: ThirdPartyProgram): Promise<string> {
  const { path } = await obtainProgram(program, { env: process.env, onProgress: (line) => console.error(line) });
  return path;
}
