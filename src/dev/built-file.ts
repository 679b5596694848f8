import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A module as it was built, also when this runs from the sources: what is started as a process of its own. */
export function builtFile(path: string): string {
  const candidates = [`../${path}`, `../../dist/${path}`].map((candidate) =>
    fileURLToPath(new URL(candidate, import.meta.url)),
  );
  return candidates.find((candidate) => existsSync(candidate)) ?? candidates[0] ?? '';
}
