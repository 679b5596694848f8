import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LockMemory, takeLock } from '../../../src/adapters/files/file-lock.js';
import { eventually, until } from '../../contract/support/eventually.js';

function lockPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'shared.lock');
}

/** Who would never be taken for dead in the time of a test. */
const PATIENT = { staleMs: 60_000 };

async function pidOfSomeoneDead(): Promise<number> {
  const child = spawn(process.execPath, ['--eval', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('the lock beside a file', () => {
  test('is held by one at a time, and gone afterwards', async () => {
    const path = lockPath();
    let holders = 0;
    const most = { holders: 0 };
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        const lock = await takeLock(path, PATIENT);
        holders += 1;
        most.holders = Math.max(most.holders, holders);
        await new Promise((resolve) => setImmediate(resolve));
        expect(lock.isOurs()).toBe(true);
        holders -= 1;
        lock.release();
      }),
    );
    expect(most.holders).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  test('of one who was killed on this machine is taken over at once', async () => {
    const path = lockPath();
    const lock = await takeLock(path, PATIENT);
    const holder = JSON.parse(readFileSync(path, 'utf8')) as object;
    lock.release();
    writeFileSync(path, JSON.stringify({ ...holder, pid: await pidOfSomeoneDead() }));
    const beganAtMs = performance.now();
    const ours = await takeLock(path, PATIENT);
    expect(performance.now() - beganAtMs).toBeLessThan(PATIENT.staleMs / 10);
    ours.release();
  });

  test.each([
    ['elsewhere', JSON.stringify({ token: 't', pid: 1, machine: 'another one' })],
    ['before it could say who it was', ''],
  ])('of one who was killed %s is taken over when it has not changed for a while', async (_, left) => {
    const path = lockPath();
    writeFileSync(path, left);
    const ours = await takeLock(path, { staleMs: 50 });
    expect(ours.isOurs()).toBe(true);
    ours.release();
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.lock'))).toEqual([]);
  });

  test('whose process number is counted elsewhere is waited for, whoever has that number here', async () => {
    const path = lockPath();
    const lock = await takeLock(path, PATIENT);
    const holder = JSON.parse(readFileSync(path, 'utf8')) as { machine: string };
    lock.release();
    // In another container of the same host name, say.
    const machine = `${holder.machine}, counted anew`;
    writeFileSync(path, JSON.stringify({ ...holder, machine, pid: await pidOfSomeoneDead() }));
    await expect(takeLock(path, { ...PATIENT, timeoutMs: 50 })).rejects.toThrow(/is held by .* for more than 50 ms/);
  });

  test.each([-60_000, 60_000])('is not judged by the clock of the disk, be it %d ms away', async (awayMs) => {
    const path = lockPath();
    writeFileSync(path, JSON.stringify({ token: 't', pid: 1, machine: 'another one' }));
    const then = new Date(Date.now() + awayMs);
    utimesSync(path, then, then);
    await expect(takeLock(path, { ...PATIENT, timeoutMs: 50 })).rejects.toThrow(/is held by/);
    const ours = await takeLock(path, { staleMs: 50 });
    ours.release();
  });

  test('is seen to be left behind also by one who waits a shorter time, again and again', async () => {
    const path = lockPath();
    writeFileSync(path, JSON.stringify({ token: 't', pid: 1, machine: 'another one' }));
    const memory = new LockMemory();
    let tries = 0;
    const ours = await eventually('the lock to be had', () => {
      tries += 1;
      return takeLock(path, { staleMs: 4000, timeoutMs: 20, memory }).catch(() => undefined);
    });
    expect(tries).toBeGreaterThan(1);
    ours.release();
  });

  test('of one who takes it again and again is never taken for left behind', async () => {
    const path = lockPath();
    const waiting = takeLock(path, { staleMs: 4000, timeoutMs: 4500 }).catch((error: unknown) => String(error));
    const take = (token: number): void =>
      writeFileSync(path, JSON.stringify({ token, pid: 1, machine: 'another one' }));
    let token = 0;
    take(token);
    let outcome: unknown;
    void waiting.then((done) => (outcome = done));
    await until('the one who waits to give up', () => {
      take((token += 1));
      return outcome !== undefined;
    });
    expect(outcome).toMatch(/is held by .* for more than 4500 ms/);
  });

  test('that others broke is ours no more, and is not released in their place', async () => {
    const path = lockPath();
    const slow = await takeLock(path, PATIENT);
    const quick = await takeLock(path, { staleMs: 30 });
    expect(slow.isOurs()).toBe(false);
    slow.release();
    expect(quick.isOurs()).toBe(true);
    quick.release();
  });

  test('is broken by one when many wait: never two hold it', async () => {
    const path = lockPath();
    writeFileSync(path, JSON.stringify({ token: 't', pid: 1, machine: 'another one' }));
    let holders = 0;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        const lock = await takeLock(path, { staleMs: 1000 });
        holders += 1;
        expect(holders).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        holders -= 1;
        lock.release();
      }),
    );
  });

  test('cannot be taken where nothing can be written', async () => {
    await expect(takeLock('/proc/nowhere/routes.yaml.lock')).rejects.toThrow(/ENOENT/);
  });
});
