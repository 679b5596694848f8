import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { writerOf } from '../../src/domain/traffic/fence.js';
import { until } from '../contract/support/eventually.js';
import { startRelay, type Relay } from '../contract/support/relay.js';
import { buildCommandLine, commandLineFor, type CommandLine } from './support/command-line.js';
import { lineIn, type Line } from './support/line.js';
import { longPlan, startWorld, type World } from './support/world.js';

const TIMEOUT_MS = 240_000;

let world: World;
let line: Line;
let headgate: CommandLine;
/** The same, with a Temporal that can be taken away. */
let cutOff: CommandLine;
let relay: Relay;

beforeAll(async () => {
  await buildCommandLine();
  world = await startWorld({ services: ['checkout', 'search', 'media'] });
  line = lineIn(world);
  headgate = await commandLineFor(world);
  const [host = '', port = ''] = inject('temporalAddress').split(':');
  relay = await startRelay({ host, port: Number(port) });
  cutOff = await commandLineFor(world, { TEMPORAL_ADDRESS: `${relay.host}:${String(relay.port)}` });
}, TIMEOUT_MS);

afterAll(async () => {
  await headgate.remove();
  await cutOff.remove();
  await world.stop();
  await relay.stop();
});

test(
  'without a terminal a stop needs -y and a reason, and nothing is stopped without them [M-07]',
  async () => {
    expect(await headgate.run('stop-the-line', '-y')).toMatchObject({ code: 2 });
    expect(await headgate.run('stop-the-line', '--reason', 'fire')).toMatchObject({ code: 2 });
    expect((await line.rollouts.getLine()).freeze).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  'a stop ends with 0 when nothing is in flight any more, and every look shows it [M-07]',
  async () => {
    await line.baked('checkout');
    const { code, document } = await headgate.ask('stop-the-line', '-y', '--reason', 'fire', '--by', 'ada');
    expect(code).toBe(0);
    expect(document).toMatchObject({ kind: 'LineStopped', isInForce: true, stop: { services: 3, inFlight: [] } });
    expect(await world.candidateShare('checkout')).toBe(0);
    for (const words of [['list'], ['status', 'checkout'], ['doctor']] as const)
      expect((await headgate.run(...words)).stdout, words[0]).toMatch(
        /starts are refused: stop \S+ of every service by ada since .*: fire/,
      );
    expect((await headgate.ask('list')).document).toMatchObject({ freeze: [{ scope: ['*'], reason: 'fire' }] });
  },
  TIMEOUT_MS,
);

test(
  'a start, and a retry, that a stop covers end with 5 [M-07]',
  async () => {
    const spec = await headgate.write('search.yaml', {
      apiVersion: 'headgate/v1',
      kind: 'Canary',
      service: 'search',
      stages: [{ traffic: '25%', duration: '10m' }, { traffic: '100%' }],
      checks: [{ metric: 'errorRate', max: '50%' }],
    });
    const refused = await headgate.ask('start', spec);
    expect(refused).toMatchObject({ code: 5, document: { kind: 'Error', code: 'LINE_STOPPED' } });
    expect(await headgate.run('retry', 'checkout', '--reason', 'again')).toMatchObject({ code: 5 });
  },
  TIMEOUT_MS,
);

test(
  'a scope that stands for nothing ends with 2, one with a typo in it with 13 [M-07]',
  async () => {
    expect(await headgate.run('stop-the-line', '--scope', 'nobody', '-y', '--reason', 'typo')).toMatchObject({
      code: 2,
    });
    const half = await headgate.run('stop-the-line', '--scope', 'media', 'nobody', '-y', '--reason', 'typo');
    expect(half).toMatchObject({ code: 13 });
    expect(half.stdout).toContain('no service is called nobody');
  },
  TIMEOUT_MS,
);

test(
  'a release ends the stop of its scope, and says which still hold [M-07]',
  async () => {
    const first = await headgate.run('stop-the-line', '--release', '-y', '--reason', 'it is out');
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/released by \S+: it is out/);
    expect(first.stdout).toMatch(/starts are refused: stop \S+ of media, nobody/);
    const second = await headgate.run(
      'stop-the-line',
      '--release',
      '--scope',
      'media',
      'nobody',
      '-y',
      '--reason',
      'over',
    );
    expect(second.code).toBe(0);
    expect(await headgate.run('stop-the-line', '--release', '-y', '--reason', 'more')).toMatchObject({ code: 3 });
  },
  TIMEOUT_MS,
);

test(
  'with Temporal away the way out is named, and brings back what the journal knows [M-07]',
  async () => {
    const [flying] = await Promise.all([line.baked('search'), line.baked('media')]);
    await until('the journal to know both', async () => {
      const known = await Promise.all(['search', 'media'].map((service) => world.journal.read({ service })));
      return known.every((lines) => lines.at(-1)?.data?.baseline === 'blue');
    });
    relay.set('refusing');
    const stopped = await cutOff.run('stop-the-line', '-y', '--reason', 'fire');
    expect(stopped.code).toBe(6);
    expect(stopped.stderr).toContain('headgate break-glass set-weights --all -y --reason …');
    const { code, document } = await cutOff.ask('break-glass', 'set-weights', '--all', '-y', '--reason', 'fire');
    expect(document).toMatchObject({
      kind: 'BreakGlassAll',
      unknown: [],
      journaled: true,
      services: [{ service: 'checkout' }, { service: 'search' }, { service: 'media' }],
    });
    expect(code).toBe(0);
    for (const service of world.services) {
      expect(await world.candidateShare(service)).toBe(0);
      expect(writerOf(await line.fenceOf(service))).toBe('breakGlass');
    }
    relay.set('open');
    await world.deployment.rollback(flying);
    await world.deployment.rollback('media');
    await Promise.all([world.closed('search'), world.closed('media')]);
  },
  TIMEOUT_MS,
);

test(
  'a service that the journal does not know is listed, and left as it is [M-07]',
  async () => {
    const other = await startWorld({ services: ['never-rolled-out'], worker: 'none' });
    const there = await commandLineFor(other);
    await other.setWeights([
      { backend: 'green', percent: 10 },
      { backend: 'blue', percent: 90 },
    ]);
    const { code, document } = await there.ask('break-glass', 'set-weights', '--all', '-y', '--reason', 'fire');
    expect(code).toBe(14);
    expect(document).toMatchObject({ unknown: ['never-rolled-out'] });
    expect(await other.candidateShare()).toBe(10);
    await there.remove();
    await other.stop();
  },
  TIMEOUT_MS,
);

test(
  'a run that is long is continued, and everything stays stopped [M-07] [C-12]',
  async () => {
    const { firstExecutionRunId: first } = await world.client.workflow.start('stopTheLine', {
      taskQueue: world.taskQueue,
      workflowId: line.workflowId,
      args: [{ scope: ['*'], reason: 'for long', by: 'ada', historyLimit: 20 }],
    });
    const handle = world.client.workflow.getHandle(line.workflowId);
    await until('a new run', async () => {
      await handle.signal('stop', { scope: ['nobody'] });
      return (await handle.describe()).runId !== first;
    });
    const { stops } = await line.status('it to go on', ({ stops: all }) =>
      all.every((one) => one.inForceSince !== null),
    );
    expect(stops).toMatchObject([{ scope: ['*'], reason: 'for long', by: 'ada' }]);
    await expect(world.deployment.start(longPlan())).rejects.toMatchObject({ code: 'LINE_STOPPED' });
    await line.release();
  },
  TIMEOUT_MS,
);
