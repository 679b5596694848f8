import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { takeLock } from '../../../src/adapters/files/file-lock.js';
import { PLAIN, SharedFile } from '../../../src/adapters/files/shared-file.js';
import { until } from '../../contract/support/eventually.js';

const TIMEOUT_MS = 5000;
/** Long before a lock counts as left behind because nothing happens. */
const QUICK_MS = 1000;

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-edit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'shared.txt');
  writeFileSync(path, text);
  return path;
}

/** As a process of this machine leaves it that holds it. */
async function leaveLock(path: string, { pid }: { readonly pid: number | undefined }): Promise<void> {
  const lock = await takeLock(`${path}.lock`);
  const holder = JSON.parse(readFileSync(`${path}.lock`, 'utf8')) as object;
  lock.release();
  writeFileSync(`${path}.lock`, JSON.stringify({ ...holder, pid, token: 'x' }));
}

const sharedFile = (path: string, lockTimeoutMs = TIMEOUT_MS): SharedFile<string> =>
  new SharedFile(path, PLAIN, { lockTimeoutMs });

const addOne = { apply: (text: string): string => String(Number(text) + 1) };

test('changes made at once by one process all count', async () => {
  const path = fileWith('0');
  const file = sharedFile(path);
  await Promise.all(Array.from({ length: 50 }, () => file.edit(addOne)));
  expect(readFileSync(path, 'utf8')).toBe('50');
});

test('hundreds of changes made at once by one process wait for the disk a few times, not one after the other', async () => {
  const path = fileWith('0');
  const file = sharedFile(path);
  const times = new Set<bigint>();
  const change = async (): Promise<void> => {
    await file.edit(addOne);
    times.add(statSync(path, { bigint: true }).mtimeNs);
  };
  await Promise.all(Array.from({ length: 300 }, change));
  expect(readFileSync(path, 'utf8')).toBe('300');
  expect([times.size, file.writes].every((count) => count < 30)).toBe(true);
});

/** A process that adds one again and again, and says so each time. */
function adder(path: string, times: number): ChildProcessByStdio<null, Readable, null> {
  const module = new URL('../../../dist/adapters/files/shared-file.js', import.meta.url).href;
  const script = `import { PLAIN, SharedFile } from ${JSON.stringify(module)};
    const file = new SharedFile(${JSON.stringify(path)}, PLAIN, { lockTimeoutMs: 20000 });
    for (let i = 0; i < ${String(times)}; i += 1) {
      await file.edit({ apply: (text) => String(Number(text) + 1) });
      process.stdout.write('.');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test('changes made at once by several processes all count, and nothing is left beside the file', async () => {
  const path = fileWith('0');
  const workers = [1, 2, 3].map(() => adder(path, 10));
  const codes = await Promise.all(workers.map(async (worker) => (await once(worker, 'exit'))[0] as unknown));
  expect(codes).toEqual([0, 0, 0]);
  expect(readFileSync(path, 'utf8')).toBe('30');
  expect(readdirSync(join(path, '..'))).toEqual(['shared.txt']);
});

test('a process that is killed while it writes leaves the file whole, and the way for the others [C-12]', async () => {
  const path = fileWith('0');
  for (let round = 0; round < 3; round += 1) {
    const victim = adder(path, 100_000);
    let counted = 0;
    victim.stdout.on('data', (dots: Buffer) => (counted += dots.length));
    const before = Number(readFileSync(path, 'utf8'));
    // Somewhere in the middle of a write: never at the same place.
    await until('it writes', () => counted > 3 + round * 5);
    const ended = once(victim, 'exit');
    victim.kill('SIGKILL');
    await ended;
    const left = Number(readFileSync(path, 'utf8'));
    expect(left).toBeGreaterThanOrEqual(before + counted);
    await sharedFile(path).edit(addOne);
    expect(readFileSync(path, 'utf8')).toBe(String(left + 1));
  }
});

test.each(['prepare', 'apply'] as const)(
  'a change that fails in %s leaves the file, and the way for those that wait with it',
  async (step) => {
    const path = fileWith('1');
    const file = sharedFile(path);
    const fail = () => {
      throw new Error('no');
    };
    const failing = file.edit({ ...addOne, [step]: fail });
    const next = file.edit(addOne);
    await expect(failing).rejects.toThrow('no');
    await next;
    expect(readFileSync(path, 'utf8')).toBe('2');
  },
);

test('what somebody writes meanwhile without a lock is kept, and what is prepared is prepared anew', async () => {
  const path = fileWith('1');
  const seen: string[] = [];
  const prepare = (text: string): Promise<void> => {
    seen.push(text);
    if (seen.length === 1) writeFileSync(path, '5');
    return Promise.resolve();
  };
  await sharedFile(path).edit({ ...addOne, prepare });
  expect({ seen, text: readFileSync(path, 'utf8') }).toEqual({ seen: ['1', '5'], text: '6' });
});

test('a lock whose process was killed is taken over at once', async () => {
  const path = fileWith('1');
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  await leaveLock(path, { pid: child.pid });
  await sharedFile(path, QUICK_MS).edit(addOne);
  expect(readFileSync(path, 'utf8')).toBe('2');
  expect(readdirSync(join(path, '..'))).toEqual(['shared.txt']);
});

test.each([
  ['of another machine', JSON.stringify({ pid: 1, machine: 'elsewhere', token: 'x' })],
  ['that says nothing', ''],
])('a lock %s is taken over when it is old, and waited for while it is young', async (_, holder) => {
  const path = fileWith('1');
  writeFileSync(`${path}.lock`, holder);
  await expect(sharedFile(path, 100).edit(addOne)).rejects.toThrow(/is held by .* for more than 100 ms/);
  expect(readFileSync(path, 'utf8')).toBe('1');
  await sharedFile(path).edit(addOne);
  expect(readFileSync(path, 'utf8')).toBe('2');
});

test('a change whose time is over while it waits for the lock is not made; those that wait with it are', async () => {
  const path = fileWith('1');
  await leaveLock(path, { pid: process.pid });
  const notAfterMs = Date.now() + 30;
  const file = sharedFile(path);
  const first = file.edit(addOne);
  const late = file.edit({ apply: (text) => `${text}0` }, { notAfterMs });
  const lateAlone = expect(late).rejects.toThrow('its time is over');
  await until('its time is over', () => Date.now() > notAfterMs);
  rmSync(`${path}.lock`);
  await Promise.all([first, lateAlone]);
  expect(readFileSync(path, 'utf8')).toBe('2');
  expect(readdirSync(join(path, '..'))).toEqual(['shared.txt']);
});

test('a change that changes nothing is written only where somebody shall hear of it', async () => {
  const path = fileWith('1');
  const quiet = sharedFile(path);
  const heard = new SharedFile(path, PLAIN, { writesUnchanged: true });
  for (const file of [quiet, heard]) await file.edit({ apply: (text) => text });
  expect([quiet.writes, heard.writes]).toEqual([0, 1]);
});
