import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exitOfError } from '../../src/cli/exit-of-error.js';
import { freePort } from '../../src/dev/free-port.js';
import { lockDirectory } from '../../src/dev/lock.js';

/** Larger than any process id that Linux gives out. */
const NOBODYS_PID = '4194999';

test('a port that somebody has is not given out, a free one is', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await freePort(port)).not.toBe(port);
  server.close();
  await once(server, 'close');
  expect(await freePort(port)).toBe(port);
});

test('a port that is given out is none that Linux gives to whoever asks for any before it is taken', async () => {
  const given = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(Math.max(...given)).toBeLessThan(32_768);
});

describe('the lock of a directory', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'headgate-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  test('refuses a second environment and names the process that has the first', async () => {
    const release = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toMatchObject({
      code: 'DEV_ALREADY_RUNNING',
      got: `process ${String(process.pid)}`,
    });
    await release();
    await expect(lockDirectory(directory)).resolves.toBeTypeOf('function');
  });

  test('has one holder however many begin at once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['dev.pid']);
  });

  test('has one holder however many find at once what a killed process left behind', async () => {
    for (let round = 0; round < 20; round += 1) {
      await writeFile(join(directory, 'dev.pid'), NOBODYS_PID);
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockDirectory(directory)));
      const holders = tries.filter((one) => one.status === 'fulfilled');
      expect(holders).toHaveLength(1);
      expect(await readdir(directory)).toEqual(['dev.pid']);
      for (const { value: release } of holders) await release();
    }
  });

  test('stays with who took it while somebody else still believes that nobody has it', async () => {
    const file = join(directory, 'dev.pid');
    await writeFile(file, NOBODYS_PID);
    const asked = vi.spyOn(process, 'kill').mockImplementationOnce(() => {
      // In the very moment in which its holder turns out to be dead, another process takes the directory.
      rmSync(file);
      writeFileSync(file, String(process.ppid));
      throw new Error('no such process');
    });
    try {
      await expect(lockDirectory(directory)).rejects.toMatchObject({ got: `process ${String(process.ppid)}` });
    } finally {
      asked.mockRestore();
    }
    expect(await readFile(file, 'utf8')).toBe(String(process.ppid));
    expect(await readdir(directory)).toEqual(['dev.pid']);
  });

  test('goes to one of those who begin while its holder gives it back', async () => {
    for (let round = 0; round < 20; round += 1) {
      const release = await lockDirectory(directory);
      let given = 0;
      const tryToTake = async (): Promise<void> => {
        await lockDirectory(directory);
        given += 1;
      };
      await Promise.allSettled([release(), ...Array.from({ length: 8 }, tryToTake)]);
      expect(given).toBeLessThan(2);
      await rm(join(directory, 'dev.pid'), { force: true });
    }
  });

  test('is taken from a process that was killed while it took it over', async () => {
    await writeFile(join(directory, 'dev.pid'), NOBODYS_PID);
    await writeFile(join(directory, 'dev.pid.takeover'), NOBODYS_PID);
    await lockDirectory(directory);
    expect(await readdir(directory)).toEqual(['dev.pid']);
  });

  test.each(['a-file', 'a-file/below'])('says what is wrong with %s, in which nothing can be written', async (name) => {
    await writeFile(join(directory, 'a-file'), '');
    const refused = lockDirectory(join(directory, name));
    await expect(refused).rejects.toMatchObject({
      code: 'DIRECTORY_UNUSABLE',
      got: expect.stringMatching(/EEXIST|ENOTDIR/) as string,
      remedy: expect.stringContaining('--directory') as string,
    });
    expect(exitOfError(await refused.catch((error: unknown) => error))).toBe('invalid');
  });

  test('takes over what a process left behind that is no more', async () => {
    await writeFile(join(directory, 'dev.pid'), NOBODYS_PID);
    await lockDirectory(directory);
    expect(await readFile(join(directory, 'dev.pid'), 'utf8')).toBe(String(process.pid));
  });
});
