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
  const isThere = ([path, { version, optional }]) => {
    const found = installed[path];
    // An optional one is left out where it does not fit the machine.
    return found === undefined ? optional === true : found.version === version;
  };
  return (
    Object.entries(wanted)
      .filter(([path]) => path !== '')
      .every(isThere) && Object.keys(installed).every((path) => path in wanted)
  );
}

/**
 * @param {string} file
 * @returns {Record<string, { version: string, optional?: boolean }> | null}
 */
function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return null;
  }
}

/** @param {string} folder */
export async function installPackages(folder) {
  await run([...NPM, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    remedy: 'npm must be able to reach its registry (npm config get registry); what it said stands above',
  });
}
