// Every relative link in what people read leads somewhere: the file exists, and the heading in it. So do the paths that
// pages about today's code name; a changelog may name what is gone.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { brokenLinks, missingPaths } from './steps/links.mjs';
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

const PAGES_OF_TODAY = [join(ROOT, 'README.md'), join(ROOT, 'CONTRIBUTING.md'), ...markdownBelow(join(ROOT, 'docs'))];

const broken = [
  ...markdownBelow(ROOT).flatMap((file) => brokenLinks(file, ROOT)),
  ...PAGES_OF_TODAY.flatMap((file) => missingPaths(file, ROOT)),
];
for (const line of broken) process.stdout.write(`${line}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
