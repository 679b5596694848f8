import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../helpers/until.js';
import { buildCommandLine, commandLineFor, type CommandLine } from './support/command-line.js';
import { startWorld, type World, type WorldOptions } from './support/world.js';

/** A program is loaded and connects anew for every line. */
const TIMEOUT_MS = 240_000;

const LONG = '10m';

interface Spec {
  readonly service?: string;
  readonly version?: string;
  readonly stages?: readonly object[];
  readonly [key: string]: unknown;
}

/** A canary as a person writes it: stages that do not end by themselves while a test looks at them. */
function spec(change: Spec = {}): object {
  return {
    apiVersion: 'headgate/v1',
    kind: 'Canary',
    service: 'checkout',
    version: 'v2',
    stages: [{ traffic: '25%', duration: LONG }, { traffic: '50%', duration: LONG }, { traffic: '100%' }],
    checks: [{ metric: 'errorRate', max: '5%', minRequests: 10 }],
    monitoringInterval: '500ms',
    ...change,
  };
}

const QUICK = {
  stages: [{ traffic: '25%', duration: '1500ms' }, { traffic: '50%', duration: '1500ms' }, { traffic: '100%' }],
  rollbackWindow: '1s',
};

let world: World;
let headgate: CommandLine;

async function begin(options: WorldOptions = {}): Promise<void> {
  world = await startWorld(options);
  headgate = await commandLineFor(world);
}

async function end(): Promise<void> {
  await headgate.remove();
  await world.stop();
}

beforeAll(buildCommandLine);

describe('a rollout from the command line', () => {
  beforeEach(() => begin());
  afterEach(end);

  test(
    'that goes well ends with 0, and can be looked up afterwards [M-06]',
    async () => {
      world.startLoad();
      const file = await headgate.write('good.yaml', spec(QUICK));
      const { code, stdout, stderr } = await headgate.run('start', file, '--wait', '--by', 'ci:test#1');
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/^✔ checkout promoted: blue → green v2\n {2}all traffic on green, after [\dms ]+\n/);
      expect(stderr).toMatch(/Stage 2 of 3: 50 % to green, read back/);
      expect(await headgate.ask('status', 'checkout')).toMatchObject({
        code: 0,
        document: { kind: 'RolloutStatus', phase: 'promoted', requestedBy: 'ci:test#1' },
      });
      await until('the list shows how it ended', async () => {
        const { document } = await headgate.ask('list', '--service', 'checkout', '--phase', 'promoted');
        return document.kind === 'RolloutList' && document.items.length > 0;
      });
      expect(await headgate.ask('history', 'checkout')).toMatchObject({ code: 0, document: { source: 'journal' } });
    },
    TIMEOUT_MS,
  );

  test(
    'that goes badly ends with 10, and says why, and when traffic was back [C-05]',
    async () => {
      world.startLoad();
      world.green.behaviour.errorRate = 0.4;
      const file = await headgate.write('bad.yaml', spec());
      const { code, stdout } = await headgate.run('start', file, '--wait');
      expect(code).toBe(10);
      expect(stdout).toMatch(/^✖ checkout rolled back: errorRate [\d.]+ % > max 5 %/);
      expect(stdout).toMatch(/all traffic on blue again \d\d:\d\d:\d\d\.\d, .* after the verdict/);
      expect(stdout).toContain('headgate retry checkout --reason …');
      expect(await world.candidateShare()).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'that is not fit starts nothing and ends with 2 [C-10]',
    async () => {
      const file = await headgate.write('unfit.yaml', spec({ version: 'v9' }));
      const { code, stdout } = await headgate.run('start', file, '--wait');
      expect(code).toBe(2);
      expect(stdout).toMatch(/^✖ checkout was not started, nothing has moved: .*version.*v9/);
      expect(await world.candidateShare()).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'that nobody can judge ends with 13, and the waiting with it [C-14]',
    async () => {
      const file = await headgate.write('silent.yaml', spec({ ...QUICK, deadline: '1s' }));
      const { code, stdout } = await headgate.run('start', file, '--wait');
      expect(code).toBe(13);
      expect(stdout).toMatch(/^! checkout is held, it needs you: .*errorRate/);
      expect(stdout).toContain('headgate promote checkout --if-stage 1 --reason …');
    },
    TIMEOUT_MS,
  );

  test(
    'that cannot be undone ends with 14, and says where traffic may still be [C-11]',
    async () => {
      const file = await headgate.write('long.yaml', spec());
      const waiting = headgate.start('start', file, '--wait');
      await waiting.prints(/Stage 1 of 3: 25 % to green, read back/);
      world.routerRelay.set('refusing');
      await headgate.run('abort', 'checkout');
      const { code, stdout } = await waiting.ended;
      expect(code).toBe(14);
      expect(stdout).toContain('not confirmed by the router: 25 % may still be on green');
      world.routerRelay.set('open');
      await world.status('checkout', 'the undo to succeed', ({ outcome }) => outcome === 'aborted');
    },
    TIMEOUT_MS,
  );

  test(
    'that is aborted ends with 11 for who waits, 0 for who aborted, and keeps who that was [S-03]',
    async () => {
      const file = await headgate.write('long.yaml', spec());
      const waiting = headgate.start('start', file, '--wait');
      await waiting.prints(/Stage 1 of 3/);
      const aborted = await headgate.run('abort', 'checkout', '--reason', 'wrong build', '--by', 'grace', '--wait');
      expect(aborted.code, aborted.stderr).toBe(0);
      const { code, stdout } = await waiting.ended;
      expect(code).toBe(11);
      await world.closed('checkout');
      expect(stdout).toMatch(
        /^■ checkout aborted by grace: wrong build\n {2}all traffic on blue again .* after the command/,
      );
      const { document } = await headgate.ask('history', 'checkout');
      if (document.kind !== 'History') throw new Error(`it printed a ${document.kind}`);
      const command = document.items.find(({ type }) => type === 'command');
      expect(command).toMatchObject({ what: 'Abort: wrong build', claimedBy: 'grace' });
      expect(command?.identity).toMatch(/@/);

      const elsewhere = await commandLineFor(world, { HEADGATE_JOURNAL: 'nothing-here' });
      const remembered = await elsewhere.ask('history', 'checkout');
      await elsewhere.remove();
      expect(remembered).toMatchObject({ code: 0, document: { kind: 'History', source: 'temporal' } });
      if (remembered.document.kind !== 'History') throw new Error('it printed no history');
      const sent = remembered.document.items.find(({ type }) => type === 'command');
      expect(sent).toMatchObject({ what: 'signal abort', identity: command?.identity });
    },
    TIMEOUT_MS,
  );

  test(
    'that was terminated ends with 1: what became of its traffic is not known',
    async () => {
      const file = await headgate.write('long.yaml', spec());
      const waiting = headgate.start('start', file, '--wait');
      await waiting.prints(/Stage 1 of 3/);
      await world.client.workflow.getHandle(`${world.taskQueue}/rollout/checkout`).terminate();
      const { code, stdout } = await waiting.ended;
      expect(code).toBe(1);
      expect(stdout).toContain('the workflow was terminated: nothing was undone');
      expect(stdout).toContain('headgate break-glass set-weights checkout BASELINE=100');
    },
    TIMEOUT_MS,
  );
});

describe('one rollout, many commands', () => {
  const stages = [
    { traffic: '10%', duration: '1s', approval: { timeout: '1h', onTimeout: 'abort' } },
    { traffic: '50%', duration: LONG },
    { traffic: '100%' },
  ];

  beforeAll(() => begin({ services: ['checkout', 'search', 'mail'] }));
  afterAll(end);

  test(
    'pause, resume, approve, refuse, promote and finish do what they say [M-05] [M-06]',
    async () => {
      const file = await headgate.write('search.yaml', spec({ service: 'search', stages, checks: [] }));
      const waiting = headgate.start('start', file, '--wait=approval', '--request-id', 'acme/shop:1:1:deploy');
      const asked = await waiting.ended;
      expect(asked.code, asked.stderr).toBe(0);
      expect(asked.stdout).toContain('headgate approve search --if-stage 1');

      const again = await headgate.ask('start', file, '--request-id', 'acme/shop:1:1:deploy');
      expect(again).toMatchObject({ code: 0, document: { kind: 'RolloutStarted', attached: true } });
      const other = await headgate.ask('start', file, '--version', 'v3');
      expect(other).toMatchObject({ code: 5, document: { code: 'ROLLOUT_IN_FLIGHT' } });

      const stale = await headgate.ask('approve', 'search', '--if-stage', '2');
      expect(stale).toMatchObject({
        code: 5,
        document: { code: 'STALE_STAGE', next: [expect.stringContaining('headgate status')] },
      });
      const approved = await headgate.ask('approve', 'search', '--if-stage', '1', '--reason', 'fine');
      expect(approved).toMatchObject({
        code: 0,
        document: { kind: 'CommandResult', verb: 'approve', effect: 'Approved: fine' },
      });
      expect((await headgate.run('wait', 'search', '--for', 'stage:2', '--timeout', '90s')).code).toBe(0);
      const late = await headgate.ask('approve', 'search');
      expect(late).toMatchObject({ code: 5, document: { code: 'NOT_AWAITING_APPROVAL' } });

      expect(await headgate.ask('pause', 'search', '--for', '1h')).toMatchObject({
        code: 0,
        document: { phase: 'paused' },
      });
      expect(await headgate.ask('status')).toMatchObject({ document: { service: 'search', phase: 'paused' } });
      const timedOut = await headgate.run('wait', 'search', '--timeout', '1s');
      expect(timedOut.code).toBe(124);
      expect(timedOut.stderr).toContain('waiting timed out, the rollout goes on');
      expect(await headgate.ask('resume', 'search', '--traffic', '20%')).toMatchObject({ code: 0 });
      await until('the share is changed', async () => (await world.candidateShare('search')) === 20);

      expect((await headgate.run('promote', 'search', '--full')).code).toBe(2);
      const promoted = await headgate.ask('promote', 'search', '--full', '-y', '--reason', 'hurry');
      expect(promoted).toMatchObject({ code: 0, document: { effect: 'Promoted from 20 % straight to 100 %: hurry' } });
      expect((await headgate.run('wait', 'search', '--for=stage:3', '--timeout', '90s')).code).toBe(0);
      expect(await headgate.ask('finish', 'search')).toMatchObject({ code: 0, document: { verb: 'finish' } });
      expect((await headgate.run('watch', 'search')).code).toBe(0);
      await world.closed('search');
      expect(await headgate.ask('abort', 'search')).toMatchObject({ code: 5, document: { code: 'ROLLOUT_ENDED' } });
    },
    TIMEOUT_MS,
  );

  test(
    'Ctrl-C detaches and the rollout goes on; SIGTERM with --on-cancel abort undoes it',
    async () => {
      const file = await headgate.write('mail.yaml', spec({ service: 'mail', checks: [] }));
      const waiting = headgate.start('start', file, '--wait');
      await waiting.prints(/Stage 1 of 3/);
      waiting.kill('SIGINT');
      const detached = await waiting.ended;
      expect(detached.code).toBe(130);
      expect(detached.stderr).toMatch(/the rollout goes on\n {4}headgate watch mail@/);
      expect(await headgate.ask('status', 'mail')).toMatchObject({ document: { phase: 'progressing' } });

      const watching = headgate.start('watch', 'mail');
      await watching.prints(/Stage 1 of 3/);
      watching.kill('SIGTERM');
      expect((await watching.ended).code).toBe(143);
      expect((await headgate.run('emergency-stop', 'mail', '--wait')).code).toBe(0);

      const cancelled = headgate.start('retry', 'mail', '--reason', 'once more', '--wait', '--on-cancel', 'abort');
      await cancelled.prints(/Stage 1 of 3/);
      cancelled.kill('SIGTERM');
      const ended = await cancelled.ended;
      expect(ended.code).toBe(143);
      expect(ended.stderr).toContain('as --on-cancel says');
      const status = await world.status('mail', 'the undo to end', ({ isComplete }) => isComplete);
      expect(status).toMatchObject({ outcome: 'aborted', version: 'v2' });
      expect(status.requestedBy).toMatch(/\(retry of mail: once more\)$/);
    },
    TIMEOUT_MS,
  );

  test(
    'what is not there is not found',
    async () => {
      expect(await headgate.ask('status', 'nosuch')).toMatchObject({
        code: 3,
        document: { code: 'ROLLOUT_NOT_FOUND' },
      });
      for (const words of [['status', 'search'], ['list'], ['start', await headgate.write('any.yaml', spec())]])
        expect(await headgate.ask(...words, '--namespace', 'nosuch')).toMatchObject({
          code: 2,
          document: {
            code: 'NAMESPACE_NOT_READY',
            next: expect.arrayContaining(['temporal operator namespace create --namespace nosuch']) as unknown,
          },
        });
      const doctor = await headgate.run('doctor', '--namespace', 'nosuch');
      expect(doctor.code).toBe(6);
      expect(doctor.stdout).toContain('✖ namespace: The server has no namespace nosuch');
    },
    TIMEOUT_MS,
  );
});

describe('when parts are missing', () => {
  beforeAll(() => begin({ services: ['checkout', 'search'], worker: 'none' }));
  afterAll(end);

  test(
    'without a worker: looking works, stopping is taken, what needs an answer says so [C-06] [M-04]',
    async () => {
      const file = await headgate.write('long.yaml', spec());
      expect((await headgate.run('start', file)).code).toBe(0);
      const looked = await headgate.run('status', 'checkout');
      expect(looked.code).toBe(0);
      expect(looked.stdout).toContain('worker: none answers');
      const paused = await headgate.ask('pause', 'checkout');
      expect(paused).toMatchObject({ code: 6, document: { code: 'NO_WORKER' } });
      const aborted = await headgate.run('abort', 'checkout', '--reason', 'too soon');
      expect(aborted.code, aborted.stderr).toBe(0);
      expect(aborted.stdout).toContain('it happens as soon as a worker is there');

      const doctor = await headgate.ask('doctor');
      expect(doctor).toMatchObject({ code: 6, document: { ok: false } });
      const told = await headgate.run('doctor');
      expect(told.stdout).toMatch(/✔ Temporal: answers/);
      expect(told.stdout).toMatch(/✖ worker for guarding: nobody polls task queue .*-watch\n.*\n {6}headgate worker/);
      expect(told.stdout).toMatch(/✔ router of checkout: .* does blue 100 %/);

      const worker = headgate.start('worker');
      await worker.prints(/worker started/);
      const status = await world.status('checkout', 'the abort to be carried out', ({ isComplete }) => isComplete);
      expect(status.outcome).toBe('aborted');
      expect(await headgate.ask('doctor')).toMatchObject({ code: 0, document: { ok: true } });
      worker.kill('SIGTERM');
      expect((await worker.ended).code).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'without a server: 6, and break-glass still reaches the router and the journal',
    async () => {
      const away = await headgate.ask('status', 'checkout', '--address', '127.0.0.1:1');
      expect(away).toMatchObject({ code: 6, document: { code: 'SERVER_UNREACHABLE', reason: 'unreachable' } });

      const words = ['break-glass', 'set-weights', 'search', 'green=100', '--address', '127.0.0.1:1'];
      expect((await headgate.run(...words)).code).toBe(2);
      expect((await headgate.run(...words, '-y', '--reason', 'x', 'blue=50')).code).toBe(2);
      const broken = await headgate.ask(...words, '-y', '--reason', 'blue burns');
      expect(broken).toMatchObject({ code: 0, document: { kind: 'BreakGlass', journaled: true } });
      expect(await world.candidateShare('search')).toBe(100);
      const recorded = await headgate.ask('history', 'search');
      expect(recorded).toMatchObject({ code: 0, document: { items: [{ type: 'break-glass', why: 'blue burns' }] } });
    },
    TIMEOUT_MS,
  );

  test(
    'without the router: validate --online and doctor say so, offline all is well',
    async () => {
      const file = await headgate.write('long.yaml', spec());
      expect((await headgate.run('validate', file, '--online')).code).toBe(0);
      world.routerRelay.set('refusing');
      try {
        expect((await headgate.run('validate', file)).code).toBe(0);
        const online = await headgate.ask('validate', file, '--online');
        expect(online).toMatchObject({
          code: 2,
          document: { valid: false, files: [{ problems: [{ rule: 'online.router' }] }] },
        });
        const doctor = await headgate.run('doctor');
        expect(doctor.code).toBe(6);
        expect(doctor.stdout).toMatch(/✖ router of checkout/);
        const broken = await headgate.ask('break-glass', 'set-weights', 'search', 'blue=100', '-y', '--reason', 'x');
        expect(broken).toMatchObject({ code: 6, document: { code: 'ADAPTER_UNAVAILABLE' } });
      } finally {
        world.routerRelay.set('open');
      }
    },
    TIMEOUT_MS,
  );
});

describe('the program itself', () => {
  beforeAll(() => begin({ worker: 'none' }));
  afterAll(end);

  test('prints its help without loading Temporal, zod or yaml', async () => {
    const watched = await commandLineFor(world, { NODE_DEBUG: 'esm' });
    const { code, stdout, stderr } = await watched.run('--help');
    await watched.remove();
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: headgate');
    const packages = [...stderr.matchAll(/node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//g)].map(([, name]) => name);
    expect([...new Set(packages)].sort()).toEqual(['commander', 'picocolors']);
  });

  test('takes a reader that has read enough for no error', async () => {
    const { code, stderr } = await headgate.run('schema');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
