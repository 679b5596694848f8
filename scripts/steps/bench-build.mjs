import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, fingerprintOf } from './fingerprint.mjs';
import { run } from './run.mjs';

/**
 * Builds the benchmarks where what they consist of has changed since.
 *
 * @param {string} root
 */
export async function buildBench(root) {
  const stamp = join(root, 'bench', 'dist', '.fingerprint');
  const sources = fingerprintOf(root, [
    join(root, 'tsconfig.json'),
    ...filesBelow(join(root, 'src')),
    ...filesBelow(join(root, 'bench'), ['dist', 'node_modules']),
  ]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  await run([process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'bench/tsconfig.json'], {
    cwd: root,
    remedy: 'The benchmarks do not compile; the compiler says above where',
  });
  writeFileSync(stamp, sources);
}
