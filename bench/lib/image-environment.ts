import { readFile } from 'node:fs/promises';

const SETTING = /(MALLOC_ARENA_MAX|NODE_OPTIONS)=(\S+)/g;

/** What a worker's process is given in the image, besides where things are: what is measured is what is deployed. */
export async function imageEnvironment(): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(new URL('../../../../Dockerfile', import.meta.url), 'utf8');
  const settings = [...text.matchAll(SETTING)].map(([, name = '', value = '']) => [name, value] as const);
  if (settings.length !== 2) throw new Error('the Dockerfile does not set MALLOC_ARENA_MAX and NODE_OPTIONS');
  return Object.fromEntries(settings);
}
