import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { takeLock } from '../../../../src/adapters/routers/envoy/file-lock.js';
import { folderWith } from './support.js';

const lockPath = (): string => `${folderWith('')}.lock`;

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
        expect(await lock.isOurs()).toBe(true);
        holders -= 1;
        await lock.release();
      }),
    );
    expect(most.holders).toBe(1);
    expect(existsSync(path)).toBe(false);
  });

  test('of one who was killed on this machine is taken over at once', async () => {
    const path = lockPath();
    const lock = await takeLock(path, PATIENT);
    const holder = JSON.parse(readFileSync(path, 'utf8')) as object;
    await lock.release();
    writeFileSync(path, JSON.stringify({ ...holder, pid: await pidOfSomeoneDead() }));
    const beganAtMs = performance.now();
    const ours = await takeLock(path, PATIENT);
    expect(performance.now() - beganAtMs).toBeLessThan(PATIENT.staleMs / 10);
    await ours.release();
  });

  test.each([
    ['elsewhere', JSON.stringify({ token: 't', pid: 1, machine: 'another one' })],
    ['before it could say who it was', ''],
  ])('of one who was killed %s is taken over when it has not changed for a while', async (_, left) => {
    const path = lockPath();
    writeFileSync(path, left);
    const ours = await takeLock(path, { staleMs: 50 });
    expect(await ours.isOurs()).toBe(true);
    await ours.release();
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.lock'))).toEqual([]);
  });

  test('that others broke is ours no more, and is not released in their place', async () => {
    const path = lockPath();
    const slow = await takeLock(path, PATIENT);
    const quick = await takeLock(path, { staleMs: 30 });
    expect(await slow.isOurs()).toBe(false);
    await slow.release();
    expect(await quick.isOurs()).toBe(true);
    await quick.release();
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
        await lock.release();
      }),
    );
  });

  test('cannot be taken where nothing can be written, which is said with a remedy', async () => {
    await expect(takeLock('/proc/nowhere/routes.yaml.lock')).rejects.toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      remedy: expect.stringContaining('read-only') as string,
    });
  });
});
