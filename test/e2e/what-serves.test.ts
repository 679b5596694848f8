import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { without } from '../activities/support/fabricated.js';
import { buildCommandLine, commandLineFor, type CommandLine } from './support/command-line.js';
import { quickPlan, startWorld, type World } from './support/world.js';

/** A program is loaded and connects anew for every line. */
const TIMEOUT_MS = 240_000;

/** Services whose backends nobody can ask for their version. */
const SILENT = ['rerun', 'tried-again', 'moved-by-hand', 'terminated', 'refused-since', 'typed', 'same', 'strict'];

const SERVICES = [...SILENT, 'telling', 'shared', 'half-silent'];

const STRICT: Partial<ServicePorts> = { unverifiedVersion: 'refuse' };

let world: World;
let headgate: CommandLine;

beforeAll(async () => {
  await buildCommandLine();
  world = await startWorld({
    services: SERVICES,
    tamper: (service) => ({
      ...(SILENT.includes(service.service) ? without(service, 'version') : service),
      ...(service.service === 'strict' ? STRICT : {}),
      ...(service.service === 'shared' ? { urls: { blue: world.green.url, green: world.green.url } } : {}),
    }),
  });
  headgate = await commandLineFor(world);
});

afterAll(async () => {
  await headgate.remove();
  await world.stop();
});

function specOf(service: string): object {
  return {
    apiVersion: 'headgate/v1',
    kind: 'Canary',
    service,
    stages: [{ traffic: '25%', duration: '300ms' }, { traffic: '100%' }],
    checks: [],
    rollbackWindow: '300ms',
  };
}

function plan(service: string, change: Partial<CanaryPlan> = {}): CanaryPlan {
  const stages = [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 300 }));
  return quickPlan({ service, name: service, stages, analysis: { checks: [] }, ...change });
}

/** Until a rollout has ended, and its workflow has closed. */
async function ended(id: string): Promise<RolloutStatus> {
  const status = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
  await world.closed(status.service);
  return status;
}

async function rollOut(service: string, version: string | undefined, again?: boolean): Promise<RolloutStatus> {
  const { id } = await world.deployment.start(plan(service, version === undefined ? {} : { version }), {
    ...(again === undefined ? {} : { again }),
  });
  return ended(id);
}

describe('a job that is run again', () => {
  test(
    'moves nothing, says that the version serves already, and ends with 0 [W2] [C-15]',
    async () => {
      const file = await headgate.write('c.yaml', specOf('rerun'));
      const first = await headgate.run(
        'start',
        file,
        '--version',
        '2.0.0',
        '--wait',
        '--request-id',
        'shop:1:1:release',
      );
      expect(first.code, first.stderr).toBe(0);
      expect(first.stdout).toMatch(/^✔ rerun promoted: blue → green 2\.0\.0/);
      expect(await world.candidateShare('rerun')).toBe(100);
      await world.closed('rerun');

      const second = await headgate.run(
        'start',
        file,
        '--version',
        '2.0.0',
        '--wait',
        '--request-id',
        'shop:1:2:release',
      );
      expect(second.code, second.stderr).toBe(0);
      expect(second.stdout).toMatch(/^✔ rerun: 2\.0\.0 already serves everybody: rerun@\S+ left it on green/);
      expect(second.stdout).toContain('all traffic on green; nothing was moved');
      expect(await world.candidateShare('rerun')).toBe(100);
      await world.closed('rerun');

      const again = await headgate.ask('start', file, '--version', '2.0.0', '--request-id', 'shop:1:2:release');
      expect(again).toMatchObject({
        code: 0,
        document: { kind: 'RolloutStatus', outcome: 'promoted', moved: false, currentStage: 0 },
      });
      const { stdout } = await headgate.run('status', 'rerun');
      expect(stdout).toContain('2.0.0 on green');
    },
    TIMEOUT_MS,
  );

  test(
    'is rolled out all the same with --again, where the other backend does not report another version [C-15]',
    async () => {
      expect(await rollOut('telling', 'v2')).toMatchObject({ outcome: 'promoted', moved: true });
      const file = await headgate.write('telling.yaml', specOf('telling'));
      const same = await headgate.ask('start', file, '--version', 'v2', '--wait');
      expect(same).toMatchObject({ code: 0, document: { outcome: 'promoted', moved: false } });
      await world.closed('telling');
      const again = await headgate.run('start', file, '--version', 'v2', '--again');
      expect(again.code).toBe(2);
      expect(again.stdout).toMatch(/nothing has moved: version: blue at \S+ reports v1; expected version v2\n/);
      expect(again.stdout).toContain('Deploy v2 to blue first');
      expect(await world.candidateShare('telling')).toBe(100);
      await world.closed('telling');

      world.blue.behaviour.version = 'v2';
      try {
        expect(await rollOut('telling', 'v2', true)).toMatchObject({ outcome: 'promoted', moved: true });
        expect(await world.candidateShare('telling')).toBe(0);
      } finally {
        world.blue.behaviour.version = 'v1';
      }
    },
    TIMEOUT_MS,
  );
});

describe('what serves is known', () => {
  test('after rollouts that were refused since: they leave what they found [C-15]', async () => {
    expect(await rollOut('refused-since', '2.0.0')).toMatchObject({ moved: true });
    world.routerRelay.set('refusing');
    try {
      expect(await rollOut('refused-since', '3.0.0')).toMatchObject({ outcome: 'aborted', moved: false });
    } finally {
      world.routerRelay.set('open');
    }
    expect(await rollOut('refused-since', '2.0.0')).toMatchObject({ outcome: 'promoted', moved: false });
    expect(await rollOut('refused-since', '2.0.0')).toMatchObject({ outcome: 'promoted', moved: false });
  });

  test('of a version that was rolled back: it does not serve, and may be tried once more [C-15]', async () => {
    const long = plan('tried-again', { version: '2.0.0', stages: [{ trafficPercent: 100, durationMs: 600_000 }] });
    const { id } = await world.deployment.start(long);
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    await world.deployment.rollback(id);
    expect(await ended(id)).toMatchObject({ outcome: 'aborted', moved: true, serves: { slot: 'blue', version: null } });
    expect(await rollOut('tried-again', '2.0.0')).toMatchObject({
      outcome: 'promoted',
      moved: true,
      serves: { slot: 'green', version: '2.0.0', before: { slot: 'blue', version: null } },
    });
  });

  test('of a start that was typed as JSON: by the same memo [C-15]', async () => {
    const start = (input: object) =>
      world.client.workflow.execute('canaryRollout', {
        workflowId: `${world.taskQueue}/rollout/typed`,
        taskQueue: world.taskQueue,
        args: [input],
      });
    expect(await start({ plan: plan('typed', { version: '2.0.0' }) })).toMatchObject({
      outcome: 'promoted',
      moved: true,
    });
    expect(await start({ plan: plan('typed', { version: '2.0.0' }) })).toMatchObject({
      outcome: 'promoted',
      moved: false,
      reason: expect.stringContaining('2.0.0 already serves everybody') as string,
    });
    expect(await start({ plan: plan('typed', { version: '2.0.0' }), again: true })).toMatchObject({ moved: true });
    expect(await start({ plan: plan('typed', { version: '2.0.0' }), again: 'yes', undo: 5 })).toMatchObject({
      outcome: 'aborted',
      reason: expect.stringMatching(/again.*expected true or false.*undo.*expected an object/s) as string,
    });
  });

  test('where only the backend that serves does not answer: by what was left there [C-15]', async () => {
    expect(await rollOut('half-silent', 'v2')).toMatchObject({ moved: true });
    world.green.behaviour.version = '';
    try {
      expect(await rollOut('half-silent', 'v2')).toMatchObject({ outcome: 'promoted', moved: false });
    } finally {
      world.green.behaviour.version = 'v2';
    }
  });
});

describe('what serves is not known', () => {
  test('where somebody has moved traffic by hand since [C-15]', async () => {
    expect(await rollOut('moved-by-hand', '2.0.0')).toMatchObject({ moved: true });
    await world.setWeights([{ backend: 'blue', percent: 100 }], 'moved-by-hand');
    const back = await rollOut('moved-by-hand', '2.0.0');
    expect(back).toMatchObject({ outcome: 'promoted', moved: true });
    expect(await world.candidateShare('moved-by-hand')).toBe(100);
    // There and back again by hand: the weights are those that were left, the fence is not.
    await world.setWeights([{ backend: 'blue', percent: 100 }], 'moved-by-hand');
    await world.setWeights([{ backend: 'green', percent: 100 }], 'moved-by-hand');
    const again = await rollOut('moved-by-hand', '2.0.0');
    expect(again).toMatchObject({ moved: true });
    expect(again.warnings).toContainEqual(expect.stringContaining('version 2.0.0 is only a label'));
  });

  test('after a rollout that was terminated [C-15]', async () => {
    const { id } = await world.deployment.start(
      plan('terminated', { version: '2.0.0', stages: [{ trafficPercent: 100, durationMs: 600_000 }] }),
    );
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    await world.client.workflow.getHandle(`${world.taskQueue}/rollout/terminated`).terminate();
    expect(await rollOut('terminated', '2.0.0')).toMatchObject({ outcome: 'promoted', moved: true });
  });

  test('where both backends have one url: neither is taken at its word [C-15]', async () => {
    const status = await rollOut('shared', 'v2');
    expect(status).toMatchObject({ outcome: 'promoted', moved: true });
    expect(status.warnings).toContainEqual(expect.stringContaining('have one url'));
  });

  test('where no version is named: a warning, and it goes [C-15]', async () => {
    const status = await rollOut('same', undefined);
    expect(status).toMatchObject({ outcome: 'promoted', moved: true });
    expect(status.warnings).toContainEqual(expect.stringContaining('no version is named'));
  });

  test('and is refused where the service says so [C-15]', async () => {
    expect(await rollOut('strict', '2.0.0')).toMatchObject({
      outcome: 'aborted',
      moved: false,
      problems: [{ subject: 'version', message: expect.stringContaining('only a label') as string }],
    });
    expect(await world.candidateShare('strict')).toBe(0);
  });
});
