import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { PlacedFlaw } from '../spec/reading/refusal.js';
import { CONFIG_FILES } from './defaults.js';

export type FoundFile = { readonly path: string; readonly text: string } | { readonly flaw: PlacedFlaw } | null;

/** The file that is named, or the one that lies in the working folder; `null` when neither. */
export function findFile(cwd: string, named: string | undefined): FoundFile {
  const path =
    named === undefined
      ? CONFIG_FILES.map((name) => join(cwd, name)).find((candidate) => existsSync(candidate))
      : resolve(cwd, named);
  if (path === undefined) return null;
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    return {
      flaw: {
        rule: 'config.file',
        path: [],
        message: 'The configuration cannot be read',
        expected: 'a file that exists and may be read',
        got: error instanceof Error ? error.message : String(error),
        remedy: 'Correct --config or HEADGATE_CONFIG, or write a file to begin with: headgate init',
        at: { file: path, line: 1, column: 1 },
      },
    };
  }
}
