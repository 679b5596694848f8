import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { takeLock, type HeldLock } from '../../../../src/adapters/files/file-lock.js';
import {
  createHaproxyRouter,
  machineLockOf,
  type HaproxyAddress,
} from '../../../../src/adapters/routers/haproxy/router.js';
import { StaleFenceError, WeightsNotLastingError } from '../../../../src/domain/errors.js';
import { nextFence, NO_FENCE } from '../../../../src/domain/traffic/fence.js';
import { splitBetween } from '../../../../src/domain/traffic/weights.js';
import type { TrafficRouter } from '../../../../src/ports/traffic-router.js';
import { until } from '../../../contract/support/eventually.js';
import { describeOn } from '../../../helpers/real-servers.js';
import { startHaproxy, type Haproxy } from '../../haproxy/haproxy-process.js';
import { HAPROXY } from '../../haproxy/haproxy-server.js';

const ROUTE = { service: 'checkout', targets: { blue: 'blue', green: 'green' } };
const BACKENDS = { blue: 'http://127.0.0.1:1', green: 'http://127.0.0.1:2' };
/** Nobody here is silent: only a machine that stands still takes so long. */
const TIMEOUT_MS = 20_000;
const CROWD = Array.from({ length: 300 }, (_, index) => `crowd-${String(index)}`);

describeOn(HAPROXY, 'fences on one HAProxy', (executable) => {
  let haproxy: Haproxy;
  let router: TrafficRouter;
  let borne = NO_FENCE;

  beforeAll(async () => {
    const map = ['checkout', ...CROWD].map((service) => `${service} green/0/blue\n`).join('');
    haproxy = await startHaproxy(executable, { backends: BACKENDS, map });
    router = routerFor();
  });

  afterAll(() => haproxy.stop());

  beforeEach(async () => {
    borne = nextFence(borne + 8000);
    await write(5, borne);
  });

  const routerFor = (instance: Partial<HaproxyAddress> = {}, timeoutMs = TIMEOUT_MS): TrafficRouter =>
    createHaproxyRouter({
      map: 'share.map',
      instances: [{ socket: haproxy.socket, mapFile: haproxy.mapFile, ...instance }],
      timeoutMs,
    });

  const write = (candidatePercent: number, fence: number, onlyIfFence?: number, by = router): Promise<void> =>
    by.setWeights(ROUTE, splitBetween({ baseline: 'blue', candidate: 'green' }, candidatePercent), {
      fence,
      onlyIfFence,
    });

  const outcomeOf = (writing: Promise<void>): Promise<unknown> =>
    writing.then(
      () => 'done',
      (error: unknown) => error,
    );

  const entry = async (key: string): Promise<string | undefined> =>
    /value="([^"]*)"/.exec(await haproxy.ask(`get map share.map ${key}`))?.[1];
  const inProcess = async (): Promise<readonly unknown[]> => [await entry('checkout'), await entry('checkout~fence')];
  const inFile = (): readonly unknown[] =>
    [/^checkout (\S+)$/m, /^checkout~fence (\S+)$/m].map(
      (line) => line.exec(readFileSync(haproxy.mapFile, 'utf8'))?.[1],
    );

  test('stand in the process and in the file, under the line of the service', async () => {
    expect(await inProcess()).toEqual(['green/5000/blue', String(borne)]);
    expect(inFile()).toEqual(['green/5000/blue', String(borne)]);
    expect(readFileSync(haproxy.mapFile, 'utf8').split('\n').slice(0, 2)).toEqual([
      'checkout green/5000/blue',
      `checkout~fence ${String(borne)}`,
    ]);
    await haproxy.reload();
    expect(await inProcess()).toEqual(['green/5000/blue', String(borne)]);
  });

  test('hundreds of rollbacks at once are all made, though its socket takes ten at a time [W8]', async () => {
    const all = CROWD.map((service) => ({ ...ROUTE, service }));
    const fence = nextFence(borne);
    const weights = splitBetween({ baseline: 'blue', candidate: 'green' }, 0);
    await Promise.all(all.map((route) => router.setWeights(route, weights, { fence })));
    const read = await Promise.all(all.map((route) => router.readWeights(route)));
    expect(read.flat().filter((one) => !('weights' in one) || one.fence !== fence)).toEqual([]);
    const text = readFileSync(haproxy.mapFile, 'utf8');
    expect(text.match(new RegExp(`^crowd-\\d+~fence ${String(fence)}$`, 'gm'))).toHaveLength(CROWD.length);
  });

  describe('while somebody else holds the lock of the map file', () => {
    let lock: HeldLock;
    beforeEach(async () => {
      lock = await takeLock(`${haproxy.mapFile}.lock`);
    });

    test('an undo moves the users at once, and is done when the file has it too', async () => {
      const fence = nextFence(borne);
      const undone = outcomeOf(write(0, fence));
      await until('the users to be back', async () => (await entry('checkout')) === 'green/0/blue');
      expect(inFile()).toEqual(['green/5000/blue', String(borne)]);
      lock.release();
      expect(await undone).toBe('done');
      expect(inFile()).toEqual(['green/0/blue', String(fence)]);
    });

    test('an undo does not go past a greater fence', async () => {
      expect(await outcomeOf(write(0, borne - 8))).toBeInstanceOf(StaleFenceError);
      lock.release();
      expect(await inProcess()).toEqual(['green/5000/blue', String(borne)]);
    });

    test('a write with a condition changes nothing, and says who is in the way', async () => {
      const outcome = await outcomeOf(write(50, nextFence(borne), borne, routerFor({}, 200)));
      lock.release();
      expect(outcome).toMatchObject({
        got: expect.stringMatching(/share\.map\.lock is held by .* for more than 200 ms/) as string,
      });
      expect(await inProcess()).toEqual(['green/5000/blue', String(borne)]);
      expect(inFile()).toEqual(['green/5000/blue', String(borne)]);
    });
  });

  describe('where no lock can be had, because the file is not there', () => {
    test('a write with a condition is made by what the process bears, and would be lost', async () => {
      const nowhere = routerFor({ mapFile: join(haproxy.folder, 'elsewhere/share.map') });
      expect(await outcomeOf(write(50, nextFence(borne), borne + 8, nowhere))).toBeInstanceOf(StaleFenceError);
      expect(await outcomeOf(write(50, nextFence(borne), borne, nowhere))).toBeInstanceOf(WeightsNotLastingError);
      expect(await inProcess()).toEqual(['green/50000/blue', String(nextFence(borne))]);
    });
  });

  describe('a file that was decided upon later', () => {
    const later = (): number => borne + 4000;
    beforeEach(() => {
      const text = readFileSync(haproxy.mapFile, 'utf8')
        .replace(/^checkout \S+$/m, 'checkout green/0/blue')
        .replace(/^checkout~fence \S+$/m, `checkout~fence ${String(later())}`);
      writeFileSync(haproxy.mapFile, text);
    });

    test('is what counts for its instance, so that the next decision is made after it', async () => {
      expect(await router.readWeights(ROUTE)).toMatchObject([{ fence: later() }]);
    });

    test('refuses a write of before, and one that was told at once comes back', async () => {
      for (const condition of [borne, undefined]) {
        const outcome = await outcomeOf(write(50, nextFence(borne), condition));
        expect(outcome).toBeInstanceOf(StaleFenceError);
        expect(outcome).toMatchObject({ greatestFence: later() });
        expect(await entry('checkout')).toBe(condition === undefined ? 'green/0/blue' : 'green/5000/blue');
      }
      expect(inFile()).toEqual(['green/0/blue', String(later())]);
    });

    test('gives way to a later decision', async () => {
      await write(10, nextFence(later()));
      expect(await inProcess()).toEqual(['green/10000/blue', String(nextFence(later()))]);
      expect(inFile()).toEqual(['green/10000/blue', String(nextFence(later()))]);
    });
  });

  describe('a write that broke off in the middle', () => {
    const begun = (): number => nextFence(borne);
    beforeEach(async () => {
      await haproxy.ask(`set map share.map checkout~fence ${String(borne)}>${String(begun())}`);
      await haproxy.ask('set map share.map checkout green/50000/blue');
    });

    test('has not taken the fence of before away, and can be made again', async () => {
      expect(await router.readWeights(ROUTE)).toMatchObject([{ weights: [{ percent: 50 }, {}], fence: borne }]);
      await write(50, begun(), borne);
      expect(await inProcess()).toEqual(['green/50000/blue', String(begun())]);
    });

    test('is not overtaken by an older one, and by a later one is', async () => {
      expect(await outcomeOf(write(0, borne + 3))).toMatchObject({ greatestFence: begun() });
      await write(0, nextFence(begun()));
      expect(await inProcess()).toEqual(['green/0/blue', String(nextFence(begun()))]);
    });
  });

  test('an entry of somebody else is not overwritten, but one of ours that somebody broke is', async () => {
    await haproxy.ask('set map share.map checkout web');
    await write(0, nextFence(borne));
    expect(await inProcess()).toEqual(['green/0/blue', String(nextFence(borne))]);
    await haproxy.ask('set map share.map checkout web');
    await haproxy.ask('del map share.map checkout~fence');
    expect(await outcomeOf(write(0, nextFence(nextFence(borne))))).toMatchObject({
      got: expect.stringContaining('is no split: "web"') as string,
    });
    expect(await inProcess()).toEqual(['web', undefined]);
    await haproxy.ask('set map share.map checkout green/0/blue');
  });

  test('an undo to a backend that is not there sends nobody anywhere', async () => {
    const route = { ...ROUTE, targets: { blue: 'azure', green: 'green' } };
    const weights = splitBetween({ baseline: 'blue', candidate: 'green' }, 0);
    expect(await outcomeOf(router.setWeights(route, weights, { fence: nextFence(borne) }))).toMatchObject({
      got: expect.stringContaining('has no backend azure') as string,
    });
    expect(await inProcess()).toEqual(['green/5000/blue', String(borne)]);
  });

  test('without a file are kept in the process alone, and leave nothing behind', async () => {
    const without = routerFor({ mapFile: null });
    const before = inFile();
    await write(20, nextFence(borne), borne, without);
    expect(await outcomeOf(write(30, nextFence(nextFence(borne)), borne, without))).toBeInstanceOf(StaleFenceError);
    await write(0, nextFence(nextFence(borne)), undefined, without);
    expect(await inProcess()).toEqual(['green/0/blue', String(nextFence(nextFence(borne)))]);
    expect(inFile()).toEqual(before);
    expect(existsSync(`${haproxy.mapFile}.lock`)).toBe(false);
    rmSync(`${haproxy.mapFile}.lock`, { force: true });
  });

  describe('an undo without a file, while another worker holds the lock', () => {
    let lock: HeldLock;
    let without: TrafficRouter;

    beforeEach(async () => {
      without = routerFor({ mapFile: null });
      lock = await takeLock(machineLockOf({ socket: haproxy.socket, map: 'share.map' }));
    });

    const undo = (fence: number): Promise<void> =>
      without.setWeights(ROUTE, splitBetween({ baseline: 'blue', candidate: 'green' }, 0), { fence, urgent: true });

    const undoIsThere = async (fence: number): Promise<boolean> =>
      String(await inProcess()) === String(['green/0/blue', String(fence)]);

    test('is told at once, and once more when that worker has written what it had decided before', async () => {
      const [before, after] = [borne + 8, borne + 400];
      const undone = undo(after);
      await until('the undo to be told', () => undoIsThere(after));
      await haproxy.ask('set map share.map checkout green/22000/blue');
      await haproxy.ask(`set map share.map checkout~fence ${String(before)}`);
      lock.release();
      await undone;
      expect(await undoIsThere(after)).toBe(true);
    });

    test('does not wait behind a write of its own process that waits for the lock', async () => {
      const moving = outcomeOf(write(20, borne + 8, borne, without));
      const undone = undo(borne + 400);
      await until('the undo to be told', () => undoIsThere(borne + 400));
      lock.release();
      await undone;
      expect(await moving).toBeInstanceOf(StaleFenceError);
      expect(await undoIsThere(borne + 400)).toBe(true);
    });
  });
});
