import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

const SUMS = 'SHA256SUMS';

/** @type {{ version: string }} */
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** The release whose histories are still recorded, such as `0.1`. */
export const RELEASE_IN_WORK = version.split('.').slice(0, 2).join('.');

/**
 * @param {string} root
 * @param {string} release
 */
export function folderOf(root, release) {
  return join(root, 'test/histories', release);
}

/**
 * The releases of which there are histories, and whether those are frozen.
 *
 * @param {string} root
 * @returns {{ release: string, folder: string, isFrozen: boolean }[]}
 */
export function recordedReleases(root) {
  return readdirSync(join(root, 'test/histories'))
    .sort()
    .map((release) => {
      const folder = folderOf(root, release);
      return { release, folder, isFrozen: existsSync(sumsFileIn(folder)) };
    });
}

/**
 * The file that freezes a folder, as `sha256sum` writes and checks it.
 *
 * @param {string} folder
 */
export function sumsFileIn(folder) {
  return join(folder, SUMS);
}

/**
 * What it holds.
 *
 * @param {string} folder
 * @returns {string}
 */
export function checksumsOf(folder) {
  return historiesIn(folder)
    .map((name) => `${sumOf(join(folder, name))}  ${name}\n`)
    .join('');
}

/**
 * What is no longer as it was frozen, each in a line.
 *
 * @param {string} folder
 * @returns {string[]}
 */
export function differencesIn(folder) {
  const lines = readFileSync(sumsFileIn(folder), 'utf8').split('\n').filter(Boolean);
  const frozen = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  const present = historiesIn(folder);
  const changed = [...frozen].flatMap(([name, sum]) => {
    if (!present.includes(name)) return [`${name} is gone`];
    return sumOf(join(folder, name)) === sum ? [] : [`${name} is not what it was`];
  });
  return [...changed, ...present.filter((name) => !frozen.has(name)).map((name) => `${name} was not there`)];
}

/**
 * The names of the recorded histories, in order.
 *
 * @param {string} folder
 */
export function historiesIn(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
}

/** @param {string} file */
function sumOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
