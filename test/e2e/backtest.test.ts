import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AnalysisPlan } from '../../src/domain/analysis/plan.js';
import { backtest } from '../../src/domain/observations/backtest.js';
import { compareWithRecord } from '../../src/domain/observations/differences.js';
import { recordingsIn, type Recording } from '../../src/domain/observations/recording.js';
import { eventually, until } from '../contract/support/eventually.js';
import { buildCommandLine, commandLineFor, type CommandLine, type Running } from './support/command-line.js';
import { longPlan, quickPlan, startWorld, type World } from './support/world.js';

const TIMEOUT = { timeout: 240_000 };

/** One check of every kind that weighs evidence, and a fixed bound. */
const ANALYSIS: AnalysisPlan = {
  checks: [
    { kind: 'threshold', metric: 'errorRate', max: 0.2, minRequests: 10 },
    { kind: 'sequential', metric: 'errorRate', max: 0.05, minRequests: 10 },
    { kind: 'baseline', metric: 'errorRate', maxIncrease: 1, minRequests: 10 },
    { kind: 'sequential', metric: 'latencyP95', max: 500, minRequests: 10 },
  ],
};

let world: World;

/** What was observed is written beside the rollout, which does not wait for it. */
function recordingOf(id: string, isWhole: (recording: Recording) => boolean): Promise<Recording> {
  return eventually('what was observed to be written', async () => {
    const [recording] = recordingsIn(await world.observations.read(id));
    return recording !== undefined && isWhole(recording) ? recording : undefined;
  });
}

const endsAs =
  (kind: ReturnType<typeof backtest>['outcome']['kind']) =>
  (recording: Recording): boolean =>
    backtest(recording, 'recorded').outcome.kind === kind;

/** Every verdict and decision made again is the one that was made. */
function expectTheSame(recording: Recording): void {
  const { compared, differences } = compareWithRecord(recording);
  expect(recording.gaps).toEqual([]);
  expect(differences).toEqual([]);
  expect(compared).toBeGreaterThan(5);
}

/** The words of the journal's decisions, e.g. `Stage 1 passed: …`. */
async function decisionsIn(id: string): Promise<readonly string[]> {
  await world.closed('checkout');
  const entries = await world.journal.read({ rolloutId: id });
  return entries.map(({ what }) => what);
}

describe('a backtest over what was observed of a real rollout gives the verdicts that it had', () => {
  afterEach(() => world.stop());

  test('promoted: every interval, and the judgement of every stage [C-04]', TIMEOUT, async () => {
    world = await startWorld();
    world.startLoad();
    const { id } = await world.deployment.start(quickPlan({ analysis: ANALYSIS }));
    await world.status(id, 'the rollout to be promoted', ({ outcome }) => outcome === 'promoted');
    const recording = await recordingOf(id, endsAs('promoted'));
    expectTheSame(recording);
    for (const again of [backtest(recording, 'recorded'), backtest(recording, ANALYSIS)]) {
      expect(again.outcome).toMatchObject({ kind: 'promoted', stage: 3 });
      const passed = again.stages.map(
        ({ stage, decisions }) =>
          `Stage ${String(stage)} passed: ${decisions.findLast(({ kind }) => kind === 'passed')?.reason ?? 'never'}`,
      );
      expect(await decisionsIn(id)).toEqual(expect.arrayContaining(passed));
    }
  });

  test('rolled back by a breach: in the same words [C-05]', TIMEOUT, async () => {
    world = await startWorld();
    world.startLoad();
    const { id } = await world.deployment.start(longPlan({ analysis: ANALYSIS }));
    await world.status(id, 'healthy intervals', ({ checks }) => (checks[0]?.candidateRequests ?? 0) > 60);
    world.green.behaviour.errorRate = 0.4;
    const status = await world.status(id, 'the rollback', ({ isComplete }) => isComplete);
    expect(status.outcome).toBe('rolledBack');
    const recording = await recordingOf(id, endsAs('rolledBack'));
    expectTheSame(recording);
    for (const again of [backtest(recording, 'recorded'), backtest(recording, ANALYSIS)])
      expect(again.outcome).toMatchObject({ kind: 'rolledBack', stage: 1, reason: status.reason });
    const lenient = backtest(recording, { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.9 }] });
    expect(lenient.outcome.kind).toBe('unknown');
  });

  test('paused and resumed at another share: the harm that was carried counts again [C-09]', TIMEOUT, async () => {
    world = await startWorld();
    world.startLoad();
    const { id } = await world.deployment.start(longPlan({ analysis: ANALYSIS }));
    await world.status(id, 'healthy intervals', ({ checks }) => (checks[0]?.candidateRequests ?? 0) > 40);
    await world.deployment.pause(id);
    await world.status(id, 'the pause', ({ phase }) => phase === 'paused');
    await world.deployment.resume(id, { modifiedConfig: { traffic: 0.4 } });
    await world.status(
      id,
      'the stage at another share',
      ({ trafficPercentage, takes, stageStartedAt, asOf, checks }) =>
        trafficPercentage === 40 &&
        takes.includes('promote') &&
        Date.parse(asOf) > Date.parse(stageStartedAt ?? '') &&
        (checks[0]?.candidateRequests ?? 0) > 40,
    );
    await world.deployment.promoteToNextStage(id);
    await world.status(
      id,
      'the next stage',
      ({ currentStage, checks }) => currentStage === 2 && (checks[0]?.candidateRequests ?? 0) > 60,
    );
    await world.deployment.rollback(id, { reason: 'enough was seen' });
    await world.status(id, 'the end', ({ isComplete }) => isComplete);
    const recording = await recordingOf(id, ({ stages }) => stages.length === 3);
    expectTheSame(recording);
    expect(recording.stages.map(({ stage, sharePercent }) => [stage, sharePercent])).toEqual([
      [1, 25],
      [1, 40],
      [2, 50],
    ]);
    const again = backtest(recording, ANALYSIS);
    expect(again.stages.map(({ decisions }) => decisions.map(({ kind }) => kind))).toEqual([['kept'], ['passed'], []]);
    const passed = again.stages[1]?.decisions[0]?.reason ?? 'never';
    expect(await decisionsIn(id)).toEqual(expect.arrayContaining([`Stage 1 passed: ${passed}`]));
    // What was carried from share to share is what carrying it once more comes to.
    const carriedThen = recording.stages.map(({ readings }) => JSON.stringify(readings[0]?.carried));
    expect(new Set(carriedThen).size).toBe(3);
  });
});

describe('a backtest of a rollout whose worker was killed with -9 in mid-stage', () => {
  let headgate: CommandLine;
  let worker: Running;

  beforeAll(async () => {
    await buildCommandLine();
    world = await startWorld({ worker: 'none' });
    headgate = await commandLineFor(world);
  }, 240_000);

  afterAll(async () => {
    worker.kill('SIGKILL');
    await worker.ended;
    await headgate.remove();
    await world.stop();
  });

  test('gives the verdicts that it had, before and after [C-12]', TIMEOUT, async () => {
    world.startLoad();
    worker = headgate.start('worker');
    const { id } = await world.deployment.start(longPlan({ analysis: ANALYSIS }));
    const linesOf = async (): Promise<number> => (await world.observations.read(id)).length;
    await until('intervals to be kept', async () => (await linesOf()) > 5, 90_000);
    worker.kill('SIGKILL');
    await worker.ended;
    const before = await linesOf();
    worker = headgate.start('worker');
    await until('more intervals', async () => (await linesOf()) > 2 * before, 90_000);
    world.green.behaviour.errorRate = 0.4;
    const status = await world.status(id, 'the rollback', ({ isComplete }) => isComplete);
    const recording = await recordingOf(id, endsAs('rolledBack'));
    expectTheSame(recording);
    expect(recording.stages[0]?.readings.filter(({ line }) => line.by === 'watch')).toHaveLength(2);
    expect(backtest(recording, ANALYSIS).outcome).toMatchObject({ kind: 'rolledBack', reason: status.reason });

    const ran = await headgate.ask('backtest', id);
    expect(ran).toMatchObject({
      code: 0,
      document: {
        kind: 'Backtest',
        policy: 'recorded',
        rollouts: [
          { rolloutId: id, outcome: { kind: 'rolledBack', reason: status.reason }, record: { differences: [] } },
        ],
      },
    });
    const explained = await headgate.ask('explain', id);
    expect(explained.document).toMatchObject({ kind: 'Explanation', stages: [{ source: 'observations' }] });
    const told = await headgate.run('explain', 'checkout');
    expect(told.stdout).toMatch(/✖ errorRate.* errors in .* requests/);
  });
});
