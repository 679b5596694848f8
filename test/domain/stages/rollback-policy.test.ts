import { describe, expect, test } from 'vitest';
import { picturesOf, beginAnalysis } from '../../../src/domain/analysis/step-by-step.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import { phaseOf } from '../../../src/domain/stages/status-of.js';
import { readCommand } from '../../../src/domain/stages/read-command.js';
import { reduce, type CanaryEvent } from '../../../src/domain/canary/reduce.js';
import { refusalOf, verbsTaken } from '../../../src/domain/stages/refusal.js';
import { guardedPlan } from '../../../src/domain/stages/guarded-plan.js';
import { checksOfPolicy, problemsOfPolicy } from '../../../src/domain/stages/rollback-policy.js';
import type { CanaryState } from '../../../src/domain/canary/state.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { canaryPlan, command, newRollout, ROLES } from '../canary/arbitraries.js';

const proceed = (atMs: number): CanaryEvent => ({ type: 'proceeded', atMs });
const breached = (atMs: number): CanaryEvent => ({ type: 'breached', reason: 'errors', shared: false, atMs });
const judged = (verdict: 'successful' | 'failed', atMs: number, policyRevision?: number): CanaryEvent => ({
  type: 'judged',
  verdict,
  reason: `judged ${verdict}`,
  carried: null,
  atMs,
  ...(policyRevision === undefined ? {} : { policyRevision }),
});

/** Stage 1 bakes since 0; then this happens. */
function after(events: readonly CanaryEvent[], change: Partial<CanaryPlan> = {}): CanaryState {
  const start: CanaryEvent[] = [
    { type: 'preflightPassed', roles: ROLES, warnings: [], atMs: 0 },
    { type: 'weightsApplied', atMs: 0 },
  ];
  return [...start, ...events].reduce(reduce, newRollout(canaryPlan(change)));
}

function refused(input: object): string | undefined {
  const state = after([]);
  return refusalOf(state, 'setRollbackPolicy', readCommand('setRollbackPolicy', input))?.message;
}

describe('a rollback policy', () => {
  test('beside a check of the same metric is told from it by its bound [M-03]', () => {
    const { analysis } = guardedPlan(
      canaryPlan({
        analysis: { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.01 }] },
        rollbackPolicy: { errorRateThreshold: 0.05 },
      }),
    );
    const names = (plan: typeof analysis) => picturesOf(plan, beginAnalysis(plan)).map(({ name }) => name);
    expect(names(analysis)).toEqual(['errorRate', 'errorRate (max 5 %)']);
    const limited = { kind: 'threshold', metric: 'errorRate', max: 0.01, failureLimit: 2 } as const;
    expect(names({ checks: [...analysis.checks.slice(0, 1), limited] })).toEqual([
      'errorRate',
      'errorRate (threshold)',
    ]);
  });

  test('is judged from evidence, and latency against the baseline [M-03]', () => {
    expect(checksOfPolicy({ errorRateThreshold: 0.02, successRateMinimum: 0.99, latencyIncrease: 1.2 })).toEqual([
      { kind: 'sequential', metric: 'errorRate', max: 0.02 },
      { kind: 'sequential', metric: 'successRate', min: 0.99 },
      { kind: 'baseline', metric: 'latencyP99', maxIncrease: 0.2 },
    ]);
  });

  test('with a window or a count is judged look by look: at the third bad one in a row [M-03]', () => {
    const policy = { errorRateThreshold: 0.02, evaluationWindowMs: 300_000, consecutiveFailures: 3 };
    expect(checksOfPolicy(policy)).toEqual([
      { kind: 'threshold', metric: 'errorRate', max: 0.02, windowMs: 300_000, consecutiveFailureLimit: 2 },
    ]);
    expect(checksOfPolicy({ successRateMinimum: 0.9, evaluationWindowMs: 1000 })).toEqual([
      { kind: 'threshold', metric: 'successRate', min: 0.9, windowMs: 1000 },
    ]);
  });

  test('is asked beside the checks of the plan, and a plan without one is guarded as it is [M-03]', () => {
    const plan = canaryPlan({ analysis: { checks: [{ kind: 'threshold', metric: 'requestRate', min: 1 }] } });
    expect(guardedPlan(plan)).toBe(plan);
    expect(
      guardedPlan({ ...plan, rollbackPolicy: { errorRateThreshold: 0.1 } }).analysis.checks.map(({ kind }) => kind),
    ).toEqual(['threshold', 'sequential']);
  });

  test('is refused with everything that is wrong with it [M-03]', () => {
    const wrong = { errorRateThreshold: 2, successRateMinimum: 0, latencyIncrease: 1, consecutiveFailures: 1.5 };
    expect(problemsOfPolicy(wrong, 'policy').map(({ path }) => path)).toEqual([
      'policy.errorRateThreshold',
      'policy.successRateMinimum',
      'policy.latencyIncrease',
      'policy.consecutiveFailures',
    ]);
    expect(problemsOfPolicy({ errorRateThreshold: 0.1, consecutiveFailures: 2 ** 53 - 1 }, 'policy')).toEqual([
      {
        rule: 'policy.consecutiveFailures',
        path: 'policy.consecutiveFailures',
        message: 'This cannot be a number of checks',
        expected: 'a whole number from 1 to 1,000,000',
        got: '9007199254740991',
      },
    ]);
    expect(problemsOfPolicy({ errorRateThreshold: 0.1, consecutiveFailures: 1_000_000 }, 'policy')).toEqual([]);
    expect(problemsOfPolicy({ latencyIncrease: 2, evaluationWindowMs: 5 }, 'policy')).toMatchObject([
      { rule: 'policy.counts' },
    ]);
  });

  test('is set as a whole, by people who type it: seconds, and numbers as text [M-03] [M-06]', () => {
    const state = after([
      command('setRollbackPolicy', {
        policy: { errorRateThreshold: '0.02', evaluationWindow: 300, consecutiveFailures: 3 },
        by: 'ada',
        reason: 'it is Friday',
      }),
      command('setRollbackPolicy', { policy: { latencyIncrease: 1.5 } }, 10),
    ]);
    expect(state.plan.rollbackPolicy).toEqual({ latencyIncrease: 1.5 });
    expect(state.policyRevision).toBe(2);
    expect(state.log.lines.slice(-2)).toMatchObject([
      {
        what: 'Rollback policy: none → error rate at most 2 % over 5m, 3 checks in a row: it is Friday',
        by: 'ada',
        why: 'it is Friday',
      },
      {
        what: "Rollback policy: error rate at most 2 % over 5m, 3 checks in a row → p99 latency at most 1.5 times the baseline's",
      },
    ]);
    const cleared = reduce(state, command('setRollbackPolicy', { policy: null, autoRollback: false }, 20));
    expect('rollbackPolicy' in cleared.plan).toBe(false);
    expect(statusOf(cleared, 20)).toMatchObject({ autoRollback: false });
  });

  test.each<[object, RegExp]>([
    [{}, /nothing is set/],
    [{ policy: {} }, /never goes back/],
    [{ policy: { errorRateThreshold: '2%' } }, /policy\.errorRateThreshold must be a number, got "2%"/],
    [{ policy: { errorRateTreshold: 0.02 } }, /there is no policy\.errorRateTreshold; known here: errorRateThreshold/],
    [{ policy: 'strict' }, /policy must be an object, or null for none, got "strict"/],
    [{ autoRollback: 'no' }, /autoRollback must be true or false, got "no"/],
    [{ policy: { errorRateThreshold: 5 } }, /above 0 and below 1, got 5/],
  ])('is not weakened by what cannot be read: %j is refused as a whole [M-03] [M-06]', (input, words) => {
    expect(refused(input)).toMatch(words);
    const before = after([]);
    const ignored = reduce(before, command('setRollbackPolicy', { ...input }));
    expect(ignored.plan).toBe(before.plan);
    expect(ignored.log.lines.at(-1)?.what).toMatch(/^setRollbackPolicy ignored: /);
  });

  test('can be set as long as the rollout runs, and not after [M-03]', () => {
    expect(verbsTaken(after([]))).toContain('setRollbackPolicy');
    expect(verbsTaken(after([breached(10), proceed(10)]))).not.toContain('setRollbackPolicy');
  });

  test('that changes while the stage is judged is judged by the new one [M-03]', () => {
    const change = command('setRollbackPolicy', { policy: { errorRateThreshold: 0.1 } }, 60_000);
    const judging = after([proceed(60_000), change]);
    expect(reduce(judging, judged('successful', 60_100, 0))).toBe(judging);
    expect(reduce(judging, judged('successful', 60_200, 1)).verdict).toBe('successful');
  });
});

describe('without auto-rollback', () => {
  const off = { autoRollback: false };

  test('a breach holds and calls a person, whose abort moves [M-03]', () => {
    const held = after([breached(10), proceed(10)], off);
    expect([phaseOf(held), held.stop, held.sharePercent]).toEqual(['held', null, 5]);
    expect(statusOf(held, 10).needsHuman).toMatch(/^errors; nothing rolls back by itself here, a person must decide$/);
    expect([command('abort', {}, 20), proceed(20)].reduce(reduce, held).stop).toMatchObject({ cause: 'abort' });
  });

  test('a stage that failed its verdict holds as well, also one that somebody wanted to leave [M-03] [C-08]', () => {
    expect(phaseOf(after([proceed(60_000), judged('failed', 60_000), proceed(60_000)], off))).toBe('held');
    const wanted = after([command('promote', {}, 10), proceed(10), judged('failed', 20), proceed(20)], off);
    expect([phaseOf(wanted), wanted.stage]).toEqual(['held', 1]);
  });

  test('a person may go on although it failed, and starts the next stage with the evidence from before [M-03]', () => {
    const held = after([proceed(60_000), judged('failed', 60_000), proceed(60_000)], off);
    const on = [command('promote', { by: 'ada' }, 70_000), proceed(70_000)].reduce(reduce, held);
    expect(on).toMatchObject({ stage: 2, step: 'applying', hold: null, analysis: null });
    expect(on.stages[0]?.conclusion).toBe('ada went on although: judged failed');
  });

  test('what is held for it rolls back as soon as it may by itself [M-03]', () => {
    const held = after([breached(10), proceed(10)], off);
    const on = reduce(held, command('setRollbackPolicy', { autoRollback: true }, 20));
    expect(on.stop).toMatchObject({ cause: 'breach', reason: 'errors' });
  });

  test('a breach on top of drift keeps the way out of the drift [M-03] [C-13]', () => {
    const held = after([{ type: 'drifted', reason: 'green 40 %', atMs: 5 }, breached(10), proceed(10)], off);
    expect(statusOf(held, 10).needsHuman).toMatch(/^green 40 %; and errors; /);
    expect(reduce(held, command('resume', {}, 20)).step).toBe('applying');
  });
});
