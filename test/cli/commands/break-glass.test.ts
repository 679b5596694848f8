import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createFileJournal } from '../../../src/adapters/journal/file.js';
import { startHaproxyPlane, type HaproxyPlane } from '../../adapters/haproxy/haproxy-plane.js';
import { HAPROXY } from '../../adapters/haproxy/haproxy-server.js';
import { fitService, portsOf } from '../../activities/support/fabricated.js';
import { describeOn } from '../../helpers/real-servers.js';
import { parseDocument } from '../support/document-schemas.js';
import { nextFence } from '../../../src/domain/traffic/fence.js';
import { splitBetween } from '../../../src/domain/traffic/weights.js';
import { setPatiently } from '../../contract/support/set-patiently.js';
import { runCli, type Ran } from '../support/surroundings.js';

const ALL_GREEN = ['break-glass', 'set-weights', 'checkout', 'green=100', '-y', '--reason', 'blue burns'];

describeOn(HAPROXY, 'break-glass on two real HAProxies', (executable) => {
  let plane: HaproxyPlane;
  let folder: string;
  let borne: number;

  beforeAll(async () => {
    const backends = { blue: 'http://127.0.0.1:1', green: 'http://127.0.0.1:2' };
    plane = await startHaproxyPlane(executable, { backends, instances: 2 });
  });

  afterAll(() => plane.stop());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-break-glass-'));
    plane.instances.forEach((_, index) => plane.control(index, 'open'));
    borne = await setPatiently(plane, splitBetween({ baseline: 'blue', candidate: 'green' }, 0));
    return () => rm(folder, { recursive: true, force: true });
  });

  const run = (...argv: readonly string[]): Promise<Ran> => {
    const journal = createFileJournal({ directory: folder });
    const ports = { ...portsOf(fitService({ router: plane.router, route: plane.route })), journal };
    return runCli(argv, { session: { ports: () => Promise.resolve(ports), journal: () => Promise.resolve(journal) } });
  };
  const journal = async (): Promise<unknown[]> =>
    (await readFile(join(folder, 'checkout.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  test('sets every instance and its file, and is kept in the journal with what was before [C-12]', async () => {
    const { code, stdout } = await run(...ALL_GREEN, '-o', 'json');
    const fence = nextFence(borne, 'breakGlass');
    expect([code, parseDocument(stdout)]).toMatchObject([
      0,
      { kind: 'BreakGlass', fence, journaled: true, warnings: [], after: [{ done: true }, { done: true }] },
    ]);
    for (const haproxy of plane.haproxies) {
      expect(await haproxy.ask('get map share.map checkout')).toContain('value="green/100000/blue"');
      expect(await readFile(haproxy.mapFile, 'utf8')).toContain(
        `checkout green/100000/blue\ncheckout~fence ${String(fence)}\n`,
      );
    }
    expect(await journal()).toMatchObject([
      {
        kind: 'break-glass',
        what: 'Weights set past every rollout: green 100 %, blue 0 %',
        why: 'blue burns',
        identity: 'ada@laptop',
        data: { before: [{ weights: [{ backend: 'green', percent: 0 }, {}] }, {}] },
      },
    ]);
  });

  test('goes past the greatest fence of any instance, and past one that only shows when it is told', async () => {
    await plane.routerOf(1).setWeights(plane.route, splitBetween({ baseline: 'blue', candidate: 'green' }, 7), {
      fence: borne + 800,
    });
    // As an instance that was away when its file was written: what it does says nothing of it.
    const [first] = plane.haproxies;
    if (first === undefined) throw new Error('there is no HAProxy');
    const file = await readFile(first.mapFile, 'utf8');
    await writeFile(first.mapFile, file.replace(/checkout~fence \d+/, `checkout~fence ${String(borne + 8000)}`));
    await first.ask('del map share.map checkout~fence');
    const { code, stdout } = await run(...ALL_GREEN, '-o', 'json');
    expect([code, parseDocument(stdout)]).toMatchObject([0, { fence: nextFence(borne + 8000, 'breakGlass') }]);
  });

  test('with one instance away sets the other, says what became of each, and keeps in the journal what it did', async () => {
    plane.control(1, 'refusing');
    const { code, stderr } = await run(...ALL_GREEN);
    expect(code).toBe(6);
    expect(stderr).toContain('1 of 2 instances could not be told');
    expect(stderr).toContain(`✔ ${plane.instances[0] ?? ''}: green 100 %, blue 0 %`);
    expect(stderr).toContain(`✖ ${plane.instances[1] ?? ''}: cannot be read: `);
    expect(await plane.haproxies[0]?.ask('get map share.map checkout')).toContain('value="green/100000/blue"');
    const [entry] = await journal();
    expect(entry).toMatchObject({
      kind: 'break-glass',
      what: expect.stringContaining(`not everywhere: ${plane.instances[1] ?? ''}: `) as string,
      data: { after: [{ instance: plane.instances[0] }, { instance: plane.instances[1], weights: null }] },
    });
  });

  test('with a map file that cannot be written says that it is set, and would be lost', async () => {
    const file = plane.haproxies[0]?.mapFile ?? '';
    await rename(file, `${file}.away`);
    const { code, stderr } = await run(...ALL_GREEN);
    await rename(`${file}.away`, file);
    expect(code).toBe(6);
    expect(stderr).toMatch(/✔ .*: green 100 %, blue 0 %\n✔ .*: green 100 %/);
    expect(stderr).toContain('a restart would lose');
  });

  test.each([
    ['a target that is no backend', { blue: 'blue', green: 'verde' }, /has no backend verde/],
    ['no entry for the service', null, /has no entry nobody/],
  ])('with %s writes nothing anywhere, and exits with 2 [W37]', async (_, targets, says) => {
    const route = targets === null ? { ...plane.route, service: 'nobody' } : { ...plane.route, targets };
    const before = await Promise.all(plane.haproxies.map((haproxy) => haproxy.ask('show map share.map')));
    const ports = portsOf(fitService({ router: plane.router, route }));
    const { code, stdout, stderr } = await runCli(ALL_GREEN, { session: { ports: () => Promise.resolve(ports) } });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/Nothing was written/);
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain('✔');
    expect(await Promise.all(plane.haproxies.map((haproxy) => haproxy.ask('show map share.map')))).toEqual(before);
  });

  test('where one instance has no such backend tells no other either, and names the one [W37]', async () => {
    const [first, second] = plane.haproxies;
    const before = await first?.ask('get map share.map checkout');
    await second?.ask('set map share.map checkout web');
    await second?.ask('del map share.map checkout~fence');
    const { code, stderr } = await run(...ALL_GREEN);
    expect(code).toBe(2);
    expect(stderr).toContain(`${plane.instances[1] ?? ''} the entry checkout of its map share.map is no split: "web"`);
    expect(await first?.ask('get map share.map checkout')).toBe(before);
    expect(await second?.ask('get map share.map checkout')).toContain('value="web"');
    await second?.ask('set map share.map checkout green/0/blue');
  });
});

test('a backend that is named twice is refused before anything is written [U-02]', async () => {
  const written: unknown[] = [];
  const service = fitService();
  const router = {
    ...service.router,
    setWeights: (_: unknown, weights: unknown) => Promise.resolve(void written.push(weights)),
  };
  const ports = portsOf(fitService({ router }));
  const twice = ['break-glass', 'set-weights', 'checkout', 'blue=60', 'blue=40', '-y', '--reason', 'blue burns'];
  const { code, stderr } = await runCli(twice, {
    session: { ports: () => Promise.resolve(ports), journal: () => Promise.reject(new Error('no journal here')) },
  });
  expect([code, written]).toEqual([2, []]);
  expect(stderr).toContain('blue is named twice\n  expected each backend once, got blue=60 blue=40');
});
