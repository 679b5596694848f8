import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NPM, run } from './run.mjs';

/**
 * Whether what npm has written down as installed is what package-lock.json asks for. No stamp of our own: an install by
 * hand counts too, and one that was interrupted does not.
 *
 * @param {string} folder
 */
export function arePackagesInstalled(folder) {
  const wanted = packagesIn(join(folder, 'package-lock.json'));
  const installed = packagesIn(join(folder, 'node_modules', '.package-lock.json'));
  if (wanted === null || installed === null) return false;
  wanted.delete('');
  const isThere = [...wanted].every(([path, { version, optional = false }]) => {
    const found = installed.get(path);
    // An optional one is left out where it does not fit the machine.
    return found === undefined ? optional : found.version === version;
  });
  return isThere && [...installed.keys()].every((path) => wanted.has(path));
}

/**
 * @param {string} file
 * @returns {Map<string, { version: string, optional?: boolean }> | null}
 */
function packagesIn(file) {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages));
  } catch {
    return null;
  }
}

/** @param {string} folder */
export async function installPackages(folder) {
  await run([...NPM, 'ci', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'], {
    cwd: folder,
    remedy: 'npm must be able to reach its registry (npm config get registry); what it said stands above',
  });
}
