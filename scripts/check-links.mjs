// Every relative link in what people read leads somewhere: the file exists, and the heading in it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brokenLinks } from './steps/links.mjs';
import { ROOT } from './steps/root.mjs';

const IGNORED = ['node_modules', 'dist', '.git', '.headgate', 'coverage'];

/**
 * @param {string} folder
 * @returns {string[]}
 */
function markdownBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.includes(entry.name) ? [] : markdownBelow(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

const broken = markdownBelow(ROOT).flatMap((file) => brokenLinks(file, ROOT));
for (const line of broken) process.stdout.write(`${line}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
