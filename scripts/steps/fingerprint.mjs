import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * One word for the names and contents of files: it changes when any of them does.
 *
 * @param {string} root
 * @param {readonly string[]} files
 */
export function fingerprintOf(root, files) {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} folder
 * @param {readonly string[]} [except] names of folders that are left out
 * @returns {string[]}
 */
export function filesBelow(folder, except = []) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return except.includes(entry.name) ? [] : filesBelow(path, except);
  });
}
