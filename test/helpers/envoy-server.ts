import { describe, test } from 'vitest';
import { obtainProgram } from '../../src/dev/binaries/obtain.js';
import { ENVOY } from '../../src/dev/binaries/programs.js';
import { MISSING_SERVER } from './real-servers.js';

/**
 * A suite on a real Envoy, which is obtained where it is not there. Where that fails the suite is left out and named in
 * the closing summary; with `CI=true` it fails instead.
 */
export async function describeOnEnvoy(title: string, suite: (executable: string) => void): Promise<void> {
  const found = await obtainProgram(ENVOY, { env: process.env }).catch((error: unknown) => error as Error);
  describe(title, () => {
    if ('path' in found) {
      suite(found.path);
      return;
    }
    test('runs on a real Envoy', ({ skip }) => {
      const missing = `${MISSING_SERVER}Envoy (${found.message.split('\n')[0] ?? ''})`;
      if (process.env['CI'] === 'true') throw new Error(`${missing}; with CI=true no suite is left out`);
      skip(missing);
    });
  });
}
