import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, symlinkSync, chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RouteFile } from '../../../../src/adapters/routers/envoy/route-file.js';
import { RouteFileWriter } from '../../../../src/adapters/routers/envoy/route-file-writer.js';
import { takeLock } from '../../../../src/adapters/files/file-lock.js';
import { AdapterUnavailableError } from '../../../../src/domain/errors.js';
import { decisions } from '../../../contract/support/later.js';
import { until } from '../../../contract/support/eventually.js';
import { blockRoute, folderWith, rdsFile } from './support.js';

/** A decision later than all before it. */
const anew = decisions();

const split = (green: number): { cluster: string; weight: number }[] => [
  { cluster: 'green', weight: green },
  { cluster: 'blue', weight: 100_000 - green },
];

const names = (count: number, prefix = 'shop'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index)}`);

function fileOf(routes: readonly string[]): string {
  return folderWith(
    rdsFile(
      routes.map((route) =>
        blockRoute(route, [
          ['blue', 100_000],
          ['green', 0],
        ]),
      ),
    ),
  );
}

function greenOf(path: string, route: string): number | undefined {
  return greensOf(path, [route])[0];
}

function greensOf(path: string, routes: readonly string[]): (number | undefined)[] {
  const file = RouteFile.parse(path, readFileSync(path, 'utf8'));
  return routes.map((route) => file.whatItSays(route).weights.find(({ cluster }) => cluster === 'green')?.weight);
}

describe('the writer of a file of routes', () => {
  test('makes few writes of many changes that come at once', async () => {
    const routes = names(200);
    const path = fileOf(routes);
    const writer = new RouteFileWriter(path);
    await Promise.all(routes.map((route, index) => writer.write({ route: route, weights: split(index), ...anew() })));
    expect(writer.writes).toBeLessThanOrEqual(2);
    expect(greensOf(path, routes)).toEqual(routes.map((_, index) => index));
  });

  test('makes several changes of one route that wait together one after the other, in one write', async () => {
    const path = fileOf(['shop']);
    const writer = new RouteFileWriter(path);
    const write = (green: number, fence: number, onlyIfFence?: number): Promise<unknown> =>
      writer.write({ route: 'shop', weights: split(green), fence, onlyIfFence });
    const outcomes = await Promise.allSettled([write(1, 41), write(2, 33), write(3, 49, 41), write(4, 57, 41)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected']);
    expect(outcomes).toMatchObject([{}, { reason: { fence: 41 } }, {}, { reason: { fence: 49 } }]);
    expect([greenOf(path, 'shop'), writer.writes]).toEqual([3, 1]);
  });

  test('makes the other changes although one cannot be made', async () => {
    const path = fileOf(['shop', 'cart']);
    const writer = new RouteFileWriter(path);
    const [unknown, known] = await Promise.allSettled([
      writer.write({ route: 'nobody-knows-this', weights: split(5), ...anew() }),
      writer.write({ route: 'cart', weights: split(6), ...anew() }),
    ]);
    expect(unknown).toMatchObject({ status: 'rejected', reason: { got: 'routes named shop, cart' } });
    expect(known.status).toBe('fulfilled');
    expect(greenOf(path, 'cart')).toBe(6);
  });

  test('does not write what its caller gave up before its turn', async () => {
    const path = fileOf(['shop', 'cart']);
    const writer = new RouteFileWriter(path);
    const controller = new AbortController();
    const first = writer.write({ route: 'cart', weights: split(1), ...anew() });
    const second = writer.write({ route: 'shop', weights: split(2), ...anew() }, { signal: controller.signal });
    controller.abort(new Error('given up'));
    await expect(second).rejects.toThrow('given up');
    await first;
    expect(greenOf(path, 'shop')).toBe(0);
  });

  test('does not write what has no time left when the lock is had, and writes what waited with it', async () => {
    const path = fileOf(['shop', 'cart']);
    const lock = await takeLock(`${path}.lock`);
    const writer = new RouteFileWriter(path);
    const notAfterMs = Date.now() + 30;
    const late = expect(writer.write({ route: 'shop', weights: split(2), ...anew() }, { notAfterMs })).rejects.toThrow(
      'its time is over',
    );
    const other = writer.write({ route: 'cart', weights: split(3), ...anew() });
    await until('its time is over', () => Date.now() > notAfterMs);
    lock.release();
    await Promise.all([late, other]);
    expect(greensOf(path, ['shop', 'cart'])).toEqual([0, 3]);
  });

  test.each([
    ['its time is over', '700', 800, /its time is over/],
    ['its fence is not the newest', '60000', 0, /the write is outdated: it bears fence 49/],
  ])(
    'of a process that was frozen leaves the rollback of another one alone when it wakes and %s [C-11] [C-12]',
    async (_, withinMs, wakesAfterMs, refusal) => {
      const path = fileOf(['shop']);
      const lock = await takeLock(`${path}.lock`);
      const frozen = fileURLToPath(new URL('./frozen-process.mjs', import.meta.url));
      const child = fork(frozen, [path, 'shop', '41', withinMs]);
      onTestFinished(() => void child.kill('SIGKILL'));
      const [{ notAfterMs }] = (await once(child, 'message')) as [{ notAfterMs: number }];
      const told = once(child, 'message');
      child.kill('SIGSTOP');
      await until('the frozen one to be late', () => wakesAfterMs === 0 || Date.now() > notAfterMs);
      lock.release();
      await new RouteFileWriter(path).write({ route: 'shop', weights: split(0), fence: 49 });
      child.kill('SIGCONT');
      expect(await told).toMatchObject([{ outcome: expect.stringMatching(refusal) as string }, undefined]);
      expect(greenOf(path, 'shop')).toBe(0);
    },
  );

  test('keeps the mode of the file, and follows a link to it', async () => {
    const path = fileOf(['shop']);
    chmodSync(path, 0o640);
    const link = join(dirname(path), 'link.yaml');
    symlinkSync(path, link);
    await new RouteFileWriter(link).write({ route: 'shop', weights: split(7), ...anew() });
    expect(greenOf(path, 'shop')).toBe(7);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(dirname(path)).sort()).toEqual(['link.yaml', 'routes.yaml']);
  });

  test('keeps what a person changed meanwhile', async () => {
    const path = fileOf(['shop']);
    const writer = new RouteFileWriter(path);
    await writer.write({ route: 'shop', weights: split(1), ...anew() });
    writeFileSync(path, readFileSync(path, 'utf8').replace('15s', '99s'));
    await writer.write({ route: 'shop', weights: split(2), ...anew() });
    expect(readFileSync(path, 'utf8')).toContain('timeout: 99s # long enough');
  });

  test.each([
    ['half a file', 'resources: ['],
    ['something else', 'hello: world\n'],
    ['nothing', ''],
  ])('refuses %s and leaves it as it is', async (_, text) => {
    const path = folderWith(text);
    const refusal: unknown = await new RouteFileWriter(path)
      .write({ route: 'shop', weights: split(5), ...anew() })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(AdapterUnavailableError);
    expect(refusal).toMatchObject({ message: expect.stringContaining(path) as string });
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(dirname(path))).toEqual(['routes.yaml']);
  });

  test('says that the file is not there', async () => {
    const path = join(dirname(fileOf([])), 'missing.yaml');
    await expect(
      new RouteFileWriter(path).write({ route: 'shop', weights: split(5), ...anew() }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('cannot be read') as string,
      got: expect.stringContaining('ENOENT') as string,
      remedy: expect.stringContaining('routes:') as string,
    });
  });

  test.runIf(process.platform === 'linux')('says with a remedy that nothing can be written beside it', async () => {
    await expect(
      new RouteFileWriter('/proc/version').write({ route: 'shop', weights: split(5), ...anew() }),
    ).rejects.toMatchObject({
      code: 'ADAPTER_UNAVAILABLE',
      message: expect.stringContaining('/proc/version.lock cannot be written') as string,
      remedy: expect.stringContaining('read-only') as string,
    });
  });

  test('two writers of two processes lose no change of each other [C-11]', async () => {
    const [ours, theirs] = [names(20, 'ours'), names(20, 'theirs')];
    const path = fileOf([...ours, ...theirs]);
    const child = fork(fileURLToPath(new URL('./other-process.mjs', import.meta.url)), [path, ...theirs]);
    const ended = once(child, 'exit');
    await once(child, 'message');
    child.send('go');
    const writer = new RouteFileWriter(path);
    for (const [index, route] of ours.entries())
      await writer.write({ route: route, weights: split(index + 1), ...anew() });
    expect(await ended).toEqual([0, null]);
    for (const routes of [ours, theirs]) expect(greensOf(path, routes)).toEqual(routes.map((_, index) => index + 1));
  });

  test('one that was killed while it wrote hinders nobody, and leaves a whole file', async () => {
    const theirs = names(400, 'theirs');
    const path = fileOf(['shop', ...theirs]);
    const child = fork(fileURLToPath(new URL('./other-process.mjs', import.meta.url)), [path, ...theirs]);
    const ended = once(child, 'exit');
    await once(child, 'message');
    child.send('go');
    await once(child, 'message');
    child.kill('SIGKILL');
    await ended;
    await new RouteFileWriter(path).write({ route: 'shop', weights: split(9), ...anew() });
    expect(greenOf(path, 'shop')).toBe(9);
  });
});
