import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow, fingerprintOf } from './fingerprint.mjs';
import { run } from './run.mjs';

const STAMP = '.fingerprint';

/** What the build depends on, besides everything below src. */
const ALSO = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', 'scripts/bundle-workflows.mjs'];

/** What the build makes that no source file is named after. */
const WITHOUT_SOURCE = ['workflow-bundle.js', STAMP, '.tsbuildinfo'];

/**
 * Whether dist was built from exactly the sources that are there now. By content: a checkout changes times at will.
 *
 * @param {string} root
 */
export function isBuilt(root) {
  const stamp = join(root, 'dist', STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(root);
}

/** @param {string} root */
export async function build(root) {
  rmSync(join(root, 'dist', STAMP), { force: true });
  // Taken before: what is edited meanwhile makes the build stale.
  const before = fingerprint(root);
  await run([process.execPath, 'node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    cwd: root,
    remedy: 'The sources do not compile; the compiler says above where',
  });
  removeOrphans(root);
  await run([process.execPath, 'scripts/bundle-workflows.mjs'], {
    cwd: root,
    remedy: 'The workflows cannot be bundled; what stands in the way is said above',
  });
  stampBuild(root, before);
}

/**
 * Writes down of which sources dist is made.
 *
 * @param {string} root
 * @param {string} [sources] their fingerprint
 */
export function stampBuild(root, sources = fingerprint(root)) {
  writeFileSync(join(root, 'dist', STAMP), sources);
}

/** @param {string} root */
function fingerprint(root) {
  return fingerprintOf(root, [...ALSO.map((name) => join(root, name)), ...filesBelow(join(root, 'src'))]);
}

/**
 * What a source file that is no longer there has left in dist would be published with the package.
 *
 * @param {string} root
 */
export function removeOrphans(root) {
  const dist = join(root, 'dist');
  for (const file of filesBelow(dist)) {
    const name = relative(dist, file);
    const source = join(root, 'src', name.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts'));
    if (!WITHOUT_SOURCE.includes(name) && !existsSync(source)) rmSync(file);
  }
}
