import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

/** Files of under so many lines count as small. */
const SMALL_LINES = 25;

const IMPORT = /(?:\bfrom|\bimport\(|^import)\s*'(\.[^']+)\.js'/gm;

/**
 * Small files that a single other file imports: whoever reads that one has to open them for a few lines.
 *
 * @param {string} folder names are given from here
 * @returns {{ file: string, lines: number, importer: string }[]}
 */
export function smallFilesWithOneImporter(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
  /** @type {Map<string, Set<string>>} */
  const importers = new Map(files.map(({ name }) => [name, new Set()]));
  for (const { name, text } of files) {
    for (const [, path = ''] of text.matchAll(IMPORT)) {
      importers.get(normalize(join(name, '..', `${path}.ts`)))?.add(name);
    }
  }
  return files.flatMap(({ name, text }) => {
    const [importer, ...others] = importers.get(name) ?? [];
    const lines = text.split('\n').length - 1;
    return importer !== undefined && others.length === 0 && lines < SMALL_LINES
      ? [{ file: name, lines, importer }]
      : [];
  });
}
