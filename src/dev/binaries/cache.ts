import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LEFTOVER_AGE_MS } from './defaults.js';
import type { ProgramSource, ThirdPartyProgram } from './program.js';
import { sha256Of } from './verify.js';

/** What is kept beside a cached executable. */
interface Receipt {
  readonly source: ProgramSource;
  readonly detail: string;
  readonly sha256: string;
  readonly bytes: number;
}

const RECEIPT = 'receipt.json';
const LEFTOVER = '.tmp-';

/** The folder that all checkouts and projects of this user share. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(env['HOME'] ?? homedir(), '.cache') : base, 'headgate', 'bin');
}

function placeOf(program: ThirdPartyProgram, env: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), `${program.executable}-${program.wheel.version}`);
}

/** @throws Error when it is not in the cache, or not whole. */
export async function readCache(program: ThirdPartyProgram, env: NodeJS.ProcessEnv): Promise<string> {
  const place = placeOf(program, env);
  const path = join(place, program.executable);
  const file = await stat(path).catch(() => null);
  if (file === null) throw new Error('nothing there yet');
  const receipt = JSON.parse(await readFile(join(place, RECEIPT), 'utf8')) as Receipt;
  if (receipt.bytes !== file.size) {
    throw new Error(`${path} has ${String(file.size)} bytes instead of ${String(receipt.bytes)}`);
  }
  return path;
}

/** A new folder on the cache's own disk, so that what is made in it can be moved into place in one step. */
export async function workFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const folder = cacheFolder(env);
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder);
  return mkdtemp(join(folder, LEFTOVER));
}

/** Puts an executable where the next one finds it. Two who do so at once do not disturb each other. */
export async function fillCache(
  program: ThirdPartyProgram,
  env: NodeJS.ProcessEnv,
  made: { readonly path: string; readonly source: ProgramSource; readonly detail: string },
): Promise<string> {
  const folder = await workFolder(env);
  const path = join(folder, program.executable);
  await rename(made.path, path);
  await chmod(path, 0o755);
  const receipt: Receipt = {
    source: made.source,
    detail: made.detail,
    sha256: await sha256Of(path),
    bytes: (await stat(path)).size,
  };
  await writeFile(join(folder, RECEIPT), `${JSON.stringify(receipt, null, 2)}\n`);
  await moveIntoPlace(folder, placeOf(program, env), () => readCache(program, env));
  return readCache(program, env);
}

async function moveIntoPlace(folder: string, place: string, check: () => Promise<unknown>): Promise<void> {
  try {
    await rename(folder, place);
  } catch {
    // Something stands there. When it is whole, somebody has just put it there and may be starting it: leave it.
    const isWhole = await check().then(
      () => true,
      () => false,
    );
    if (!isWhole) {
      await rename(place, `${folder}-broken`);
      await rename(folder, place);
    }
    await rm(isWhole ? folder : `${folder}-broken`, { recursive: true, force: true });
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(LEFTOVER)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > LEFTOVER_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}
