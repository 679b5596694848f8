import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import type * as Files from 'node:fs';
import type * as FilePromises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PLAIN, SharedFile } from '../../src/adapters/files/shared-file.js';
import { RouteFileWriter } from '../../src/adapters/routers/envoy/route-file-writer.js';
import { replaceFile } from '../../src/files/replace-file.js';
import { StateWriter } from '../../src/gateway/state-file.js';
import { blockRoute, rdsFile } from '../adapters/routers/envoy/support.js';

// A machine that loses its power keeps what was brought to the disk, in the order in which that was done.

const calls = vi.hoisted((): string[] => []);

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof FilePromises>();
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>): Promise<FilePromises.FileHandle> => {
      const handle = await real.open(...args);
      for (const sync of ['sync', 'datasync'] as const) {
        const ofHandle = handle[sync].bind(handle);
        handle[sync] = async () => {
          await ofHandle();
          calls.push(`sync ${nameOf(String(args[0]))}`);
        };
      }
      return handle;
    },
    rename: async (from: string, to: string) => {
      await real.rename(from, to);
      calls.push(`rename ${nameOf(from)} to ${nameOf(to)}`);
    },
  };
});

vi.mock('node:fs', async (original) => {
  const real = await original<typeof Files>();
  return {
    ...real,
    renameSync: (from: string, to: string) => {
      real.renameSync(from, to);
      calls.push(`rename ${nameOf(from)} to ${nameOf(to)}`);
    },
  };
});

/** However the new file is called. */
function nameOf(path: string): string {
  return path.endsWith('.tmp') ? 'the new file' : basename(path);
}

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-power-'));
  path = join(folder, 'it');
  calls.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('after a power cut', () => {
  test.each<readonly [string, string, () => Promise<void>]>([
    [
      'routes of Envoy',
      rdsFile([blockRoute('shop', [['blue', 1]])]),
      async () => {
        const writer = new RouteFileWriter(path);
        const { kept } = await writer.write({
          route: 'shop',
          weights: [{ cluster: 'blue', weight: 100_000 }],
          fence: 8,
        });
        expect(await kept).toBeNull();
      },
    ],
    [
      'a map of HAProxy',
      'checkout green/0/blue\n',
      async () => {
        const { kept } = await new SharedFile(path, PLAIN).edit({ apply: (text) => text.replace('0', '5') });
        expect(await kept).toBeNull();
      },
    ],
    [
      'the state of the gateway',
      '{}',
      () => new StateWriter(path, () => ({ version: 1, weights: {}, addedRoutes: [] })).save(),
    ],
  ])('%s have the new weights, whole, once they are said to be set [W7]', async (_, text, write) => {
    writeFileSync(path, text);
    await write();
    expect(calls).toEqual(['sync the new file', `rename the new file to it`, `sync ${basename(folder)}`]);
    expect(readFileSync(path, 'utf8')).not.toBe(text);
  });
});

describe('a file that is replaced', () => {
  test('keeps its mode, and nothing is left beside it', async () => {
    writeFileSync(path, 'old');
    chmodSync(path, 0o640);
    expect(await replaceFile(path, 'new')).toBe(true);
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['new', 0o640]);
    expect(readdirSync(folder)).toEqual(['it']);
  });

  test('may be new', async () => {
    expect(await replaceFile(path, 'new')).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  test('stays when it must not be replaced any more, and when that cannot be said', async () => {
    writeFileSync(path, 'old');
    expect(await replaceFile(path, 'new', () => false)).toBe(false);
    const refuse = (): boolean => {
      throw new Error('the lock is gone');
    };
    await expect(replaceFile(path, 'new', refuse)).rejects.toThrow('the lock is gone');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['it']);
  });
});
