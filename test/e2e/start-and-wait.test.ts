import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCommandLine, commandLineFor, type CommandLine } from './support/command-line.js';
import { startWorld, type World } from './support/world.js';

/** A program is loaded and connects anew for every line. */
const TIMEOUT_MS = 240_000;

const LONG = '10m';

const SERVICES = ['checkout', 'unfit', 'quiet', 'asking', 'waiting', 'later', 'nobody-home', 'stopped'];

let world: World;
let headgate: CommandLine;

beforeAll(async () => {
  await buildCommandLine();
  world = await startWorld({ services: SERVICES });
  headgate = await commandLineFor(world);
});

afterAll(async () => {
  await headgate.remove();
  await world.stop();
});

function spec(service: string, change: object = {}): Promise<string> {
  return headgate.write(`${service}.yaml`, {
    apiVersion: 'headgate/v1',
    kind: 'Canary',
    service,
    version: 'v2',
    stages: [{ traffic: '25%', duration: LONG }, { traffic: '100%' }],
    checks: [{ metric: 'errorRate', max: '50%', minRequests: 10 }],
    monitoringInterval: '500ms',
    ...change,
  });
}

describe('start without --wait', () => {
  test(
    'waits for the preflight: one that fails is no start, and ends with 2 and what to do [W50]',
    async () => {
      const file = await spec('unfit', { version: 'v9', health: { endpoints: ['/health'] } });
      world.green.behaviour.healthy = false;
      const { code, stdout } = await headgate.run('start', file);
      expect(code).toBe(2);
      expect(stdout).not.toContain('✔');
      expect(stdout).toMatch(/^✖ unfit was not started, nothing has moved: /);
      expect(stdout).toMatch(/version: green at \S+ reports v2; expected version v9\n {2}Deploy v9 to green first/);
      expect(stdout).toMatch(/candidate: green is not healthy: .*\n {2}Start the new version on green/);
      expect(await world.candidateShare('unfit')).toBe(0);
      await world.closed('unfit');
      const asJson = await headgate.ask('start', file);
      expect(asJson).toMatchObject({
        code: 2,
        document: {
          kind: 'RolloutStatus',
          outcome: 'aborted',
          moved: false,
          problems: [{ subject: 'version' }, { subject: 'candidate' }],
        },
      });
      world.green.behaviour.healthy = true;
    },
    TIMEOUT_MS,
  );

  test(
    'says that it started once the preflight has passed, with its warnings [W50]',
    async () => {
      const { code, stdout, stderr } = await headgate.run('start', await spec('quiet'));
      expect(code).toBe(0);
      expect(stdout).toMatch(/^✔ quiet@\S+ started\n/);
      expect(stderr).toMatch(/^! blue had no traffic in the last 3 s/m);
      const again = await headgate.ask('start', await spec('quiet'), '--version', 'v3');
      expect(again).toMatchObject({ code: 5, document: { code: 'ROLLOUT_IN_FLIGHT' } });
      expect(await headgate.ask('status', 'quiet')).toMatchObject({ document: { currentStage: 1 } });
    },
    TIMEOUT_MS,
  );

  test(
    'says after 10 s that the preflight has not answered yet [W50]',
    async () => {
      const elsewhere = await commandLineFor(world, { HEADGATE_TASK_QUEUE: 'nobody-polls-this' });
      const { code, stdout } = await elsewhere.run('start', `${headgate.folder}/${await spec('nobody-home')}`);
      await elsewhere.remove();
      expect(code).toBe(0);
      expect(stdout).toMatch(/^◌ nobody-home@\S+ started, its preflight has not answered yet: no worker answers\n/);
      await world.client.workflow.getHandle(`${world.taskQueue}/rollout/nobody-home`).terminate();
    },
    TIMEOUT_MS,
  );
});

test(
  'warnings stand in start --wait as well, and go away when they are no longer true [W50]',
  async () => {
    const waiting = headgate.start('start', await spec('checkout'), '--wait');
    await waiting.prints(/Stage 1 of 2/);
    expect(waiting.output()).toMatch(/ warning: blue had no traffic in the last 3 s: stages will wait for requests/);
    const before = await world.deployment.getDeploymentStatus('checkout');
    expect(before.warnings).toEqual([expect.stringContaining('blue had no traffic')]);
    const load = world.startLoad();
    const seen = await world.status('checkout', 'requests to be seen', ({ checks }) =>
      checks.some(({ baselineRequests }) => baselineRequests > 0),
    );
    await load.stop();
    expect(seen.warnings).toEqual([]);
    expect(await headgate.run('abort', 'checkout', '--wait')).toMatchObject({ code: 0 });
    expect((await waiting.ended).code).toBe(11);
  },
  TIMEOUT_MS,
);

describe('waiting for a person', () => {
  const stages = [{ traffic: '25%', duration: '300ms', approval: {} }, { traffic: '100%' }];

  test(
    'ends --wait with 13, and says how to approve and how to go on waiting [W53]',
    async () => {
      const file = await spec('asking', { stages, checks: [], rollbackWindow: '300ms' });
      const { code, stdout } = await headgate.run('start', file, '--wait');
      expect(code).toBe(13);
      expect(stdout).toMatch(/^! asking is awaitingApproval, it needs you: waiting for approval to leave 25 %\n/);
      expect(stdout).toContain('    headgate approve asking --if-stage 1\n');
      expect(stdout).toMatch(/ {4}headgate wait asking@\S+\n/);
      expect((await headgate.run('wait', 'asking')).code).toBe(13);
      expect((await headgate.run('wait', 'asking', '--for', 'stage:2')).code).toBe(13);
      expect((await headgate.run('wait', 'asking', '--for', 'approval')).code).toBe(0);
      expect((await headgate.run('approve', 'asking', '--if-stage', '1')).code).toBe(0);
      const promoted = await headgate.run('wait', 'asking');
      expect(promoted.code, promoted.stdout).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'ends it also where silence decides at a deadline, and says what [W53]',
    async () => {
      const timed = [
        { traffic: '25%', duration: '300ms', approval: { timeout: '1h', onTimeout: 'abort' } },
        { traffic: '100%' },
      ];
      const { code, stdout } = await headgate.run(
        'start',
        await spec('later', { stages: timed, checks: [] }),
        '--wait',
      );
      expect(code).toBe(13);
      expect(stdout).toMatch(/abort in (59m|1h).*, unless someone approves/);
      expect((await headgate.run('abort', 'later', '--wait')).code).toBe(0);
    },
    TIMEOUT_MS,
  );

  test('ends the waiting of a program too [W53]', async () => {
    const { id } = await world.deployment.createDeployment({
      name: 'waiting',
      service: 'waiting',
      stages: [
        { traffic: 0.25, durationMinutes: 0.005, approval: {} },
        { traffic: 1, durationMinutes: null },
      ],
    });
    const status = await world.deployment.wait(id, { pollMs: 20 });
    expect(status).toMatchObject({
      phase: 'awaitingApproval',
      outcome: null,
      needsHuman: expect.any(String) as string,
    });
    await world.deployment.rollback(id);
    expect(await world.deployment.wait(id, { for: 'undone', pollMs: 20 })).toMatchObject({ outcome: 'aborted' });
  });
});
