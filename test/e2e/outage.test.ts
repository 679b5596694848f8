import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { exitOfError } from '../../src/cli/exit-of-error.js';
import { connectToTemporal } from '../../src/client/temporal.js';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import { until } from '../contract/support/eventually.js';
import { startRelay, type Relay } from '../contract/support/relay.js';
import { quickPlan, startWorld, type World } from './support/world.js';

/** Longer than a heartbeat may be missing, so that the watches are given up and begun again. */
const AWAY_MS = 20_000;

/** On a busy machine a worker takes its time to come back. */
const TIMEOUT = { timeout: 240_000 };

/** Less than the outage lasts: a clock that stood still meanwhile would be later. */
const LATE_MS = 10_000;

const SERVICES = ['checkout', 'timed', 'due', 'paused', 'stopped'];

let world: World;
let relay: Relay;
let before: Readonly<Record<string, RolloutStatus>>;

const outageOver = { atMs: 0 };

const planOf = (service: string, firstStageMs: number, change: Partial<CanaryPlan> = {}): CanaryPlan =>
  quickPlan({
    service,
    name: service,
    analysis: { checks: [] },
    stages: [
      { trafficPercent: 25, durationMs: firstStageMs },
      { trafficPercent: 50, durationMs: 600_000 },
      { trafficPercent: 100, durationMs: 600_000 },
    ],
    ...change,
  });

/** When timers of a rollout were over, by the server that counts their time. */
async function timersRung(service: string): Promise<readonly number[]> {
  const { events } = await world.client.workflow.getHandle(`${world.taskQueue}/rollout/${service}`).fetchHistory();
  return (events ?? []).flatMap(({ timerFiredEventAttributes: fired, eventTime }) =>
    fired == null ? [] : [optionalTsToMs(eventTime) ?? NaN],
  );
}

const seen = (service: string): RolloutStatus => before[service] ?? expect.fail(`${service} was not started`);

/** One outage for all: five rollouts stand differently when Temporal goes away for 20 s. */
beforeAll(async () => {
  const [host = '', port = ''] = inject('temporalAddress').split(':');
  relay = await startRelay({ host, port: Number(port) });
  world = await startWorld({ services: SERVICES, temporalAddress: `${relay.host}:${String(relay.port)}` });
  world.startLoad(100);
  const { checks } = quickPlan().analysis;
  const begin = async (plan: CanaryPlan): Promise<RolloutStatus> => {
    const { id } = await world.deployment.start(plan);
    return world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
  };
  await Promise.all([
    begin(planOf('checkout', 600_000, { analysis: { checks } })),
    begin(planOf('paused', 600_000)),
    begin(planOf('stopped', 600_000)),
  ]);
  await world.deployment.pause('paused');
  // Those whose time runs are the last to begin.
  before = {
    paused: await world.statusNow('paused'),
    timed: await begin(planOf('timed', 28_000)),
    due: await begin(planOf('due', 8000)),
  };

  relay.set('refusing');
  const awaySinceMs = performance.now();
  world.green.behaviour.errorRate = 0.5;
  // Somebody who still reaches the server says stop.
  const direct = await connectToTemporal({ address: inject('temporalAddress'), identity: 'grace@laptop' });
  await direct.workflow.getHandle(`${world.taskQueue}/rollout/stopped`).signal('abort', { reason: 'no more' });
  await direct.connection.close();
  const looking: unknown = await world.deployment.getDeploymentStatus('checkout').catch((error: unknown) => error);
  expect(exitOfError(looking), String(looking)).toBe('unreachable');
  await until('Temporal to have been away long enough', () => performance.now() - awaySinceMs >= AWAY_MS, AWAY_MS * 2);
  // The first has a check, whose guard acts by itself.
  expect(await Promise.all(SERVICES.map((service) => world.candidateShare(service)))).toEqual([0, 25, 25, 25, 25]);
  relay.set('open');
  outageOver.atMs = Date.now();
}, 240_000);

afterAll(async () => {
  await world.stop();
  await relay.stop();
});

test(
  'a breach in the time without Temporal is undone at once, and told when it is back [C-05] [C-12] [C-21]',
  TIMEOUT,
  async () => {
    const status = await world.status('checkout', 'the rollout to end', ({ isComplete }) => isComplete);
    expect(status).toMatchObject({ outcome: 'rolledBack', stop: { cause: 'breach' }, currentStage: 1 });
    expect(await world.candidateShare('checkout')).toBe(0);
  },
);

test('an abort that only the server heard is done when the worker hears it [C-08] [C-12]', TIMEOUT, async () => {
  const status = await world.status('stopped', 'the rollout to end', ({ isComplete }) => isComplete);
  expect(status).toMatchObject({ outcome: 'aborted', reason: 'aborted: no more' });
  expect(await world.candidateShare('stopped')).toBe(0);
});

test('a stage whose time was up meanwhile is left when Temporal is back [C-12]', TIMEOUT, async () => {
  const status = await world.status(
    'due',
    'the second stage to bake',
    ({ currentStage, stageEndsAt }) => currentStage === 2 && stageEndsAt !== null,
  );
  expect(Date.parse(seen('due').stageEndsAt ?? '')).toBeLessThan(outageOver.atMs);
  expect(status).toMatchObject({ phase: 'progressing', needsHuman: null });
  expect(await world.candidateShare('due')).toBe(50);
});

test('a paused stage keeps its remaining time to the millisecond [C-09] [C-12]', TIMEOUT, async () => {
  expect(await world.statusNow('paused')).toMatchObject({
    phase: 'paused',
    pausedRemainingMs: seen('paused').pausedRemainingMs,
  });
  expect(await world.candidateShare('paused')).toBe(25);
});

test(
  'a stage that goes on ends when it would have ended without the outage, not earlier and not later [C-12]',
  TIMEOUT,
  async () => {
    const endsAt = seen('timed').stageEndsAt ?? '';
    const status = await world.status(
      'timed',
      'the second stage to bake',
      ({ currentStage, stageStartedAt }) => currentStage === 2 && stageStartedAt !== null,
    );
    expect(Date.parse(status.stageStartedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(endsAt));
    // A worker that has just come back may be late; the clock that it goes by is the server's.
    const rang = (await timersRung('timed')).filter((atMs) => atMs >= Date.parse(endsAt));
    expect(Math.min(...rang)).toBeLessThan(Date.parse(endsAt) + LATE_MS);
    expect(status.stages[0]).toMatchObject({ state: 'passed', startedAt: seen('timed').stageStartedAt });
  },
);
