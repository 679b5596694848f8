import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../src/dev/free-port.js';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import { until } from '../contract/support/eventually.js';
import { buildCommandLine, commandLineFor, kill, type CommandLine, type Running } from './support/command-line.js';
import { quickPlan, startWorld, type World } from './support/world.js';

const SERVICES = ['checkout', 'timed', 'paused', 'stopped', 'often'];
const TIMEOUT = { timeout: 240_000 };
/** A program is loaded and a server is asked before it polls; on a busy machine that takes its time. */
const READY_MS = 60_000;

let world: World;
let headgate: CommandLine;
let healthPort: number;

beforeAll(async () => {
  await buildCommandLine();
  healthPort = await freePort();
  world = await startWorld({ services: SERVICES, worker: 'none' });
  headgate = await commandLineFor(world, { HEADGATE_HEALTH_PORT: String(healthPort) });
}, 240_000);

afterAll(async () => {
  await headgate.remove();
  await world.stop();
});

/** The real program, in a process of its own. */
async function startProcess(): Promise<Running> {
  const worker = headgate.start('worker');
  let hasEnded = false;
  void worker.ended.then(() => (hasEnded = true));
  await until(
    'the worker to poll',
    () => {
      if (hasEnded) throw new Error(`the worker has ended: ${worker.output()}`);
      return fetch(`http://127.0.0.1:${String(healthPort)}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      );
    },
    READY_MS,
  );
  return worker;
}

const planOf = (service: string, change: Partial<CanaryPlan> = {}): CanaryPlan =>
  quickPlan({
    service,
    name: service,
    analysis: { checks: [] },
    stages: [25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 600_000 })),
    ...change,
  });

const baked = (id: string): Promise<RolloutStatus> =>
  world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);

describe('a worker that is killed with -9 in mid-stage and started again', () => {
  let second: Running;
  let before: Readonly<Record<'timed' | 'paused', RolloutStatus>>;
  const died = { atMs: 0 };

  beforeAll(async () => {
    const first = await startProcess();
    world.startLoad(100);
    const { checks } = quickPlan().analysis;
    const started = await Promise.all([
      world.deployment.start(planOf('checkout', { analysis: { checks } })),
      world.deployment.start(planOf('paused')),
      world.deployment.start(planOf('stopped')),
    ]);
    await Promise.all(started.map(({ id }) => baked(id)));
    await world.deployment.pause('paused');
    const paused = await world.statusNow('paused');
    // Its time runs: it is the last to begin.
    const { id } = await world.deployment.start(
      planOf('timed', {
        stages: [12_000, 600_000].map((durationMs, at) => ({ trafficPercent: at === 0 ? 25 : 100, durationMs })),
      }),
    );
    before = { timed: await baked(id), paused };
    await kill(first);
    died.atMs = Date.now();

    world.green.behaviour.errorRate = 0.5;
    await world.deployment.rollback('stopped', { by: 'Ada', reason: 'while it was dead' });
    expect(await Promise.all(SERVICES.map((service) => world.candidateShare(service)))).toEqual([25, 25, 25, 25, 0]);
    second = await startProcess();
  }, 240_000);

  afterAll(() => kill(second));

  test('does at once what it was told while it was dead: the abort [C-08] [C-12]', TIMEOUT, async () => {
    await until('the candidate to have no traffic', async () => (await world.candidateShare('stopped')) === 0);
    expect(await world.status('stopped', 'the end', ({ isComplete }) => isComplete)).toMatchObject({
      outcome: 'aborted',
      reason: 'aborted by Ada: while it was dead',
    });
  });

  test('catches a breach that it did not live to see [C-05] [C-12]', TIMEOUT, async () => {
    const status = await world.status('checkout', 'the end', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' }, currentStage: 1 });
    expect(await world.candidateShare('checkout')).toBe(0);
  });

  test('keeps the weights and the remaining time of a stage [C-12]', TIMEOUT, async () => {
    const endsAtMs = Date.parse(before.timed.stageEndsAt ?? '');
    expect(endsAtMs).toBeGreaterThan(died.atMs);
    const status = await world.status(
      'timed',
      'full load',
      ({ currentStage, stageStartedAt }) => currentStage === 2 && stageStartedAt !== null,
    );
    expect(status.stages[0]).toMatchObject({ state: 'passed', startedAt: before.timed.stageStartedAt });
    expect(Date.parse(status.stageStartedAt ?? '')).toBeGreaterThanOrEqual(endsAtMs);
    expect(await world.candidateShare('timed')).toBe(100);
  });

  test('keeps a pause, and what remained when it began [C-09] [C-12]', TIMEOUT, async () => {
    const status = await world.status('paused', 'the worker to answer', ({ worker }) => worker === 'answering');
    expect(status).toMatchObject({ phase: 'paused', pausedRemainingMs: before.paused.pausedRemainingMs });
    expect(await world.candidateShare('paused')).toBe(25);
  });
});

test(
  'a rollout whose worker is killed as a stage begins, and again in the next, is promoted, each stage once [C-12]',
  TIMEOUT,
  async () => {
    const stages = [25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 1500 }));
    let worker = await startProcess();
    const { id } = await world.deployment.start(planOf('often', { stages }));
    const moments: readonly [string, (status: RolloutStatus) => boolean][] = [
      ['the first stage', ({ currentStage }) => currentStage >= 1],
      ['the second stage', ({ currentStage }) => currentStage >= 2],
    ];
    for (const [what, holds] of moments) {
      await world.status(id, what, holds);
      await kill(worker);
      worker = await startProcess();
    }
    const status = await world
      .status(id, 'the end', ({ isComplete }) => isComplete)
      .catch((error: unknown) => {
        throw new Error(`${String(error)}; its worker said ${worker.output()}`, { cause: error });
      })
      .finally(() => kill(worker));
    expect(status.outcome).toBe('promoted');
    for (const stage of [1, 2, 3]) {
      expect(status.history.filter(({ what }) => what.startsWith(`Stage ${String(stage)} of 3:`))).toHaveLength(1);
    }
    expect(await world.candidateShare('often')).toBe(100);
  },
);
