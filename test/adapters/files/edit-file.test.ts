import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { editFile } from '../../../src/adapters/files/edit-file.js';
import { until } from '../../contract/support/eventually.js';

const TIMEOUT_MS = 5000;

function fileWith(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-edit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'shared.txt');
  writeFileSync(path, text);
  return path;
}

const addOne = (text: string): string => String(Number(text) + 1);

test('changes made at once by one process all count', async () => {
  const path = fileWith('0');
  await Promise.all(Array.from({ length: 50 }, () => editFile(path, addOne, TIMEOUT_MS)));
  expect(readFileSync(path, 'utf8')).toBe('50');
});

test('hundreds of changes made at once by one process wait for the disk a few times, not one after the other', async () => {
  const path = fileWith('0');
  const times = new Set<bigint>();
  const change = async (): Promise<void> => {
    await editFile(path, addOne, TIMEOUT_MS);
    times.add(statSync(path, { bigint: true }).mtimeNs);
  };
  await Promise.all(Array.from({ length: 300 }, change));
  expect(readFileSync(path, 'utf8')).toBe('300');
  expect(times.size).toBeLessThan(30);
});

/** A process that adds one again and again, and says so each time. */
function adder(path: string, times: number): ChildProcessByStdio<null, Readable, null> {
  const module = new URL('../../../dist/adapters/files/edit-file.js', import.meta.url).href;
  const script = `import { editFile } from ${JSON.stringify(module)};
    for (let i = 0; i < ${String(times)}; i += 1) {
      await editFile(${JSON.stringify(path)}, (text) => String(Number(text) + 1), 20000);
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
    await editFile(path, addOne, TIMEOUT_MS);
    expect(readFileSync(path, 'utf8')).toBe(String(left + 1));
  }
});

test('a change that fails leaves the file, and the way for the next one', async () => {
  const path = fileWith('1');
  const failing = editFile(
    path,
    () => {
      throw new Error('no');
    },
    TIMEOUT_MS,
  );
  const next = editFile(path, addOne, TIMEOUT_MS);
  await expect(failing).rejects.toThrow('no');
  await next;
  expect(readFileSync(path, 'utf8')).toBe('2');
});

test('a lock whose process was killed is taken over at once', async () => {
  const path = fileWith('1');
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  writeFileSync(`${path}.lock`, JSON.stringify({ pid: child.pid, host: hostname(), token: 'x' }));
  await editFile(path, addOne, TIMEOUT_MS);
  expect(readFileSync(path, 'utf8')).toBe('2');
  expect(readdirSync(join(path, '..'))).toEqual(['shared.txt']);
});

test.each([
  ['of another machine', JSON.stringify({ pid: 1, host: 'elsewhere', token: 'x' })],
  ['that says nothing', ''],
])('a lock %s is taken over when it is old, and waited for while it is young', async (_, holder) => {
  const path = fileWith('1');
  const lock = `${path}.lock`;
  writeFileSync(lock, holder);
  await expect(editFile(path, addOne, 100)).rejects.toThrow(/is held by .* for more than 100 ms/);
  expect(readFileSync(path, 'utf8')).toBe('1');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  await editFile(path, addOne, TIMEOUT_MS);
  expect(readFileSync(path, 'utf8')).toBe('2');
});

test('a change whose time is over while it waits for the lock is not made; those that wait with it are', async () => {
  const path = fileWith('1');
  const lock = `${path}.lock`;
  writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname(), token: 'x' }));
  const notAfterMs = Date.now() + 30;
  const first = editFile(path, addOne, TIMEOUT_MS);
  const late = editFile(path, (text) => `${text}0`, TIMEOUT_MS, notAfterMs);
  const lateAlone = expect(late).rejects.toThrow('its time is over');
  await until('its time is over', () => Date.now() > notAfterMs);
  rmSync(lock);
  await Promise.all([first, lateAlone]);
  expect(readFileSync(path, 'utf8')).toBe('2');
  expect(readdirSync(join(path, '..'))).toEqual(['shared.txt']);
});

test('a change that changes nothing needs no lock', async () => {
  const path = fileWith('1');
  writeFileSync(`${path}.lock`, JSON.stringify({ pid: process.pid, host: hostname(), token: 'x' }));
  await editFile(path, (text) => text, 100);
});
