import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { holdLock } from '../../scripts/steps/lock.mjs';
import { requireNode } from '../../scripts/steps/node-version.mjs';
import { ROOT } from '../../scripts/steps/root.mjs';
import { until } from '../helpers/until.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-setup-'));
  await mkdir(join(folder, '.headgate'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the version of Node.js', () => {
  test.each(['20.19.0', '20.20.2', '21.0.0', '24.1.0'])('%s will do', (version) => {
    expect(() => requireNode(version, ROOT)).not.toThrow();
  });

  test.each(['20.18.9', '18.20.0', '20.9.0'])('%s is refused, with what is wanted', (version) => {
    expect(() => requireNode(version, ROOT)).toThrow(
      new RegExp(`needs Node\\.js 20\\.19 or newer; this is ${version.replaceAll('.', '\\.')}`),
    );
  });
});

describe('two set-ups of a checkout at once', () => {
  test('the second waits for the first', async () => {
    const events: string[] = [];
    let finishFirst = (): void => undefined;
    const first = holdLock(folder, async () => {
      events.push('first begins');
      await new Promise<void>((resolve) => (finishFirst = resolve));
      events.push('first ends');
    });
    const second = holdLock(folder, () => Promise.resolve(events.push('second')));
    await until('the first is at work', () => events.length > 0);
    finishFirst();
    await Promise.all([first, second]);
    expect(events).toEqual(['first begins', 'first ends', 'second']);
  });

  test('one that was killed does not keep the next one waiting', async () => {
    const { child } = promisify(execFile)(process.execPath, ['--version']);
    await until('the process is gone', () => child.exitCode !== null);
    await writeFile(join(folder, '.headgate', 'setup.lock'), String(child.pid));
    expect(await holdLock(folder, () => Promise.resolve('done'))).toBe('done');
  });
});

test('an unknown flag is refused with those that there are', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/setup.mjs', '--tset'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('unknown: --tset\nUse any of --test');
});
