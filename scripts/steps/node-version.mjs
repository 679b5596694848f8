import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './progress.mjs';

/**
 * @param {string} version of the Node.js that runs, such as `20.19.0`
 * @param {string} root
 * @throws {SetupError} when it is older than package.json asks for
 */
export function requireNode(version, root) {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const wanted = engines.node.replace('>=', '');
  if (isOlder(version, wanted)) {
    throw new SetupError(
      `Headgate needs Node.js ${wanted} or newer; this is ${version} (${process.execPath})`,
      'Install a newer one from https://nodejs.org, or choose it with nvm, fnm or volta',
    );
  }
}

/**
 * @param {string} version
 * @param {string} than
 */
function isOlder(version, than) {
  const ours = version.split('.').map(Number);
  for (const [index, wanted] of than.split('.').map(Number).entries()) {
    const got = ours[index] ?? 0;
    if (got !== wanted) return got < wanted;
  }
  return false;
}
