import { readFile } from 'node:fs/promises';

const SETTING = /^ENV (MALLOC_ARENA_MAX)=(\S+)$/m;

/** What the image tells a worker's process about memory: what is measured is what is deployed. */
export async function imageEnvironment(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(new URL('../../../../Dockerfile', import.meta.url), 'utf8');
  const [, name, value] = SETTING.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new Error('the Dockerfile does not set MALLOC_ARENA_MAX');
  return { [name]: value };
}
