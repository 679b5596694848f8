import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { realPathOf } from '../../config/real-path.js';
import type { GatewayOwner } from '../../gateway/options.js';

/** Where a gateway keeps its weights: while it runs, and over a restart where they are to last. */
export interface StateFile {
  readonly path: string;
  /** Forgets them, where they are not to last. */
  forget(): Promise<void>;
}

/** One that is started again in the same run finds its weights in any case. */
export async function stateFileOf(directory: string, name: string, persistent: boolean): Promise<StateFile> {
  if (persistent) return { path: join(directory, `${name}.json`), forget: () => Promise.resolve() };
  const path = join(directory, `${name}.ephemeral.json`);
  const forget = (): Promise<void> => rm(path, { force: true });
  // An earlier run may have been killed.
  await forget();
  return { path, forget };
}

/** By real paths, so that the same folder has the same name however it is reached. */
export async function ownerOf(directory: string, config: string): Promise<GatewayOwner> {
  return { directory: await realpath(directory), config: realPathOf(config) };
}
