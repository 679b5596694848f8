import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A file as everybody names it, however its folder is reached. The file itself may not be written yet. */
export function realPathOf(file: string): string {
  return join(realpathSync(dirname(file)), basename(file));
}
