import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createFileJournal } from '../../../src/adapters/journal/file.js';
import { startHaproxyPlane, type HaproxyPlane } from '../../adapters/haproxy/haproxy-plane.js';
import { HAPROXY } from '../../adapters/haproxy/haproxy-server.js';
import { fitService, portsOf } from '../../activities/support/fabricated.js';
import { describeOn } from '../../helpers/real-servers.js';
import { parseDocument } from '../support/document-schemas.js';
import { runCli, type Ran } from '../support/surroundings.js';

const ALL_GREEN = ['break-glass', 'set-weights', 'checkout', 'green=100', '-y', '--reason', 'blue burns'];

describeOn(HAPROXY, 'break-glass on two real HAProxies', (executable) => {
  let plane: HaproxyPlane;
  let folder: string;

  beforeAll(async () => {
    const backends = { blue: 'http://127.0.0.1:1', green: 'http://127.0.0.1:2' };
    plane = await startHaproxyPlane(executable, { backends, instances: 2 });
  });

  afterAll(() => plane.stop());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-break-glass-'));
    plane.instances.forEach((_, index) => plane.control(index, 'open'));
    await plane.router.setWeights(plane.route, [
      { backend: 'green', percent: 0 },
      { backend: 'blue', percent: 100 },
    ]);
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
    expect([code, parseDocument(stdout)]).toMatchObject([0, { kind: 'BreakGlass', journaled: true, warnings: [] }]);
    for (const haproxy of plane.haproxies) {
      expect(await haproxy.ask('get map share.map checkout')).toContain('value="green/100000/blue"');
      expect(await readFile(haproxy.mapFile, 'utf8')).toContain('checkout green/100000/blue');
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

  test('with one instance away sets the other, names the one, and keeps in the journal what it did', async () => {
    plane.control(1, 'refusing');
    const { code, stderr } = await run(...ALL_GREEN);
    expect(code).toBe(6);
    expect(stderr).toContain('1 of 2 instances could not be told');
    expect(stderr).toContain(plane.instances[1]);
    expect(await plane.haproxies[0]?.ask('get map share.map checkout')).toContain('value="green/100000/blue"');
    const [entry] = await journal();
    expect(entry).toMatchObject({
      kind: 'break-glass',
      what: expect.stringContaining(`not everywhere: ${plane.instances[1] ?? ''}: `) as string,
      data: { after: [{ instance: plane.instances[0] }, { instance: plane.instances[1], weights: null }] },
    });
  });
});
