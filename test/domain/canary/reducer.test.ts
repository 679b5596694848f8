import { describe, expect, test } from 'vitest';
import { carryOver, type AnalysisState } from '../../../src/domain/analysis/analysis.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import { phaseOf } from '../../../src/domain/stages/status-of.js';
import { reduce, type CanaryEvent } from '../../../src/domain/canary/reduce.js';
import { readCommand } from '../../../src/domain/stages/read-command.js';
import { isHandled } from '../../../src/domain/rollout/take-command.js';
import { refusalOf } from '../../../src/domain/stages/refusal.js';
import { beginCanary, type CanaryState } from '../../../src/domain/canary/state.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { intervals, observed, planOf, repeat, traffic } from '../analysis/support.js';
import { canaryPlan, command, newRollout, ROLES } from './arbitraries.js';
import { clockOf } from '../../../src/domain/stages/state.js';

const passed: CanaryEvent = { type: 'preflightPassed', roles: ROLES, warnings: [], atMs: 0 };
const proceed = (atMs: number): CanaryEvent => ({ type: 'proceeded', atMs });
const applied = (atMs: number): CanaryEvent => ({ type: 'weightsApplied', atMs });
const closed = (atMs: number): CanaryEvent => ({ type: 'closed', atMs });
const judged = (verdict: 'successful' | 'failed' | 'inconclusive', atMs: number): CanaryEvent => ({
  type: 'judged',
  verdict,
  reason: `judged ${verdict}`,
  carried: null,
  atMs,
});

function after(events: readonly CanaryEvent[], plan: CanaryPlan = canaryPlan()): CanaryState {
  return [passed, ...events].reduce(reduce, newRollout(plan));
}

/** Stage 1 bakes since 0. */
function baking(plan?: CanaryPlan): CanaryState {
  return after([applied(0)], plan);
}

describe('a stage', () => {
  test('bakes from the moment its weights are read back, not before [C-03]', () => {
    expect(after([proceed(1_000_000)])).toMatchObject({ step: 'applying', stage: 1 });
    expect(after([applied(500)])).toMatchObject({
      step: 'baking',
      clock: { remainingMs: 60_000, runningSinceMs: 500 },
    });
  });

  test('does not bake at a share that is no longer wanted when it is read back [C-03] [C-09]', () => {
    const changed = [command('pause', {}, 10), command('resume', { modifiedConfig: { traffic: 0.1 } }, 20)];
    const late = after([...changed, { type: 'weightsApplied', sharePercent: 5, atMs: 30 }]);
    expect(late).toMatchObject({ step: 'applying', sharePercent: 10, appliedPercent: 5 });
    const set = reduce(late, { type: 'weightsApplied', sharePercent: 10, atMs: 40 });
    expect(set).toMatchObject({ step: 'baking', appliedPercent: 10, clock: { runningSinceMs: 40 } });
  });

  test('is judged when its time is over, and left when it has passed [C-04]', () => {
    const judging = reduce(baking(), proceed(60_000));
    expect(judging.step).toBe('judging');
    const next = [judged('successful', 60_100), proceed(60_100)].reduce(reduce, judging);
    expect(next).toMatchObject({ step: 'applying', stage: 2, sharePercent: 25 });
  });

  test('that failed is undone [C-04]', () => {
    const failed = [proceed(60_000), judged('failed', 60_100), proceed(60_100)].reduce(reduce, baking());
    expect(failed.stop).toMatchObject({ cause: 'judgement', reason: 'judged failed' });
    expect(phaseOf(failed)).toBe('rollingBack');
  });

  test('whose verdict is unknown is held until the deadline, then a person is called [C-14]', () => {
    const held = [proceed(60_000), judged('inconclusive', 60_000), proceed(60_000)].reduce(reduce, baking());
    expect([phaseOf(held), held.hold?.needsHuman]).toEqual(['held', false]);
    const deadline = { for: 'unknown', at: new Date(660_000).toISOString(), then: 'hold' };
    expect(statusOf(held, 60_000).deadline).toEqual(deadline);
    const late = reduce(held, proceed(660_000));
    expect(statusOf(late, 660_000).deadline).toBeNull();
    expect([phaseOf(late), late.hold?.needsHuman, late.stop]).toEqual(['held', true, null]);
  });

  test.each([
    ['abort', { cause: 'unknownDeadline' }, 1],
    ['continue', null, 2],
  ] as const)('whose verdict stays unknown follows the plan at the deadline: %s [C-14]', (action, stop, stage) => {
    const plan = canaryPlan({ onUnknown: { action, deadlineMs: 1000 } });
    const late = [proceed(60_000), judged('inconclusive', 60_000), proceed(61_000)].reduce(reduce, baking(plan));
    if (stop === null) expect(late.stop).toBeNull();
    else expect(late.stop).toMatchObject(stop);
    expect(late.stage).toBe(stage);
  });

  test('that is held for want of knowledge goes on when it is known [C-04]', () => {
    const held = [proceed(60_000), judged('inconclusive', 60_000), proceed(60_000)].reduce(reduce, baking());
    const known = [judged('successful', 70_000), proceed(70_000)].reduce(reduce, held);
    expect(known).toMatchObject({ stage: 2, hold: null });
  });
});

describe('the end', () => {
  test('is reached after the rollback window at full load [C-01]', () => {
    const plan = canaryPlan({ stages: [{ trafficPercent: 100, durationMs: 60_000 }] });
    const passed = [proceed(60_000), judged('successful', 60_000), proceed(60_000)].reduce(reduce, baking(plan));
    expect(passed).toMatchObject({ step: 'closing', outcome: null });
    const end = reduce(passed, closed(60_000));
    expect(end).toMatchObject({ step: 'ended', outcome: 'promoted' });
    expect(statusOf(end, 60_000)).toMatchObject({ isComplete: true, trafficPercentage: 100, phase: 'promoted' });
  });

  test('comes at once when a person ends the rollback window [C-01]', () => {
    const plan = canaryPlan({ stages: [{ trafficPercent: 100, durationMs: 60_000 }] });
    const end = [command('finish', {}, 10), proceed(10), judged('inconclusive', 20), proceed(20), closed(20)].reduce(
      reduce,
      baking(plan),
    );
    expect(end.outcome).toBe('promoted');
  });

  test('cannot be hastened before full load', () => {
    expect(refusalOf(baking(), 'finish', {})?.code).toBe('NOT_AT_FULL_LOAD');
  });
});

describe('a pause', () => {
  test('keeps the remaining stage time [C-09]', () => {
    const paused = [command('pause', {}, 20_000), proceed(500_000)].reduce(reduce, baking());
    expect(statusOf(paused, 500_000)).toMatchObject({ phase: 'paused', pausedRemainingMs: 40_000, stageEndsAt: null });
    const resumed = [command('resume', {}, 1_000_000), proceed(1_039_999)].reduce(reduce, paused);
    expect(resumed.step).toBe('baking');
    expect(reduce(resumed, proceed(1_040_000)).step).toBe('judging');
  });

  test('with a duration ends by itself [C-09]', () => {
    const paused = reduce(baking(), command('pause', { durationMinutes: 1 }, 0));
    expect(reduce(paused, proceed(59_999)).pause).not.toBeNull();
    const resumed = reduce(paused, proceed(60_000));
    expect(resumed).toMatchObject({ pause: null, clock: { remainingMs: 60_000, runningSinceMs: 60_000 } });
  });

  test('with a duration says when it ends [C-09]', () => {
    const paused = reduce(baking(), command('pause', { durationMinutes: 0.5 }, 0));
    expect(statusOf(paused, 10_000).resumesAt).toBe('1970-01-01T00:00:30.000Z');
    expect(statusOf(paused, 10_000).history.at(-1)?.what).toBe('Paused at 5 % for 30s');
    expect(statusOf(reduce(baking(), command('pause')), 10_000).resumesAt).toBeNull();
  });

  test.each([
    ['pause', { durationMinutes: 1e300 }],
    ['pause', { durationMinutes: 525_601 }],
    ['configure', { monitoringInterval: 1e307 }],
    ['resume', { modifiedConfig: { monitoringInterval: 1e307 } }],
    ['setRollbackPolicy', { policy: { errorRateThreshold: 0.1, evaluationWindowMs: 1e300 } }],
  ] as const)('%s is not taken with a time that no clock can reach: %j', (verb, given) => {
    const state = verb === 'resume' ? reduce(baking(), command('pause')) : baking();
    expect(refusalOf(state, verb, given)?.code).toBe('INVALID_COMMAND');
  });

  test('can be left with another share: same stage, clock restarted [C-09]', () => {
    const changed = [
      command('pause', {}, 20_000),
      command('resume', { modifiedConfig: { traffic: 0.1 } }, 30_000),
    ].reduce(reduce, baking());
    expect(changed).toMatchObject({ step: 'applying', stage: 1, sharePercent: 10 });
    expect(clockOf(reduce(changed, applied(31_000)))).toEqual({ remainingMs: 60_000, runningSinceMs: 31_000 });
  });

  test.each([0, -0.1, 0.25, 0.9])(
    'cannot be left with a share of %d when the next stage has 25 %% [C-09]',
    (traffic) => {
      const paused = reduce(baking(), command('pause'));
      expect(refusalOf(paused, 'resume', { modifiedConfig: { traffic } })?.code).toBe('INVALID_COMMAND');
    },
  );
});

describe('approval', () => {
  const plan = canaryPlan({
    stages: [
      { trafficPercent: 5, durationMs: 60_000, approval: { timeoutMs: 1000, onTimeout: 'abort' } },
      { trafficPercent: 100, durationMs: 60_000 },
    ],
  });
  const asking = () => [proceed(60_000), judged('successful', 60_000), proceed(60_000)].reduce(reduce, baking(plan));

  test('is asked after the verdict, and answered by a person [C-07]', () => {
    expect(phaseOf(asking())).toBe('awaitingApproval');
    const approved = [command('approve', { by: 'ann' }, 60_500), proceed(60_500)].reduce(reduce, asking());
    expect(approved).toMatchObject({ stage: 2, stages: [{ conclusion: 'approved by ann' }, {}] });
  });

  test('says until when it waits and what silence means, and keeps the time in a pause [C-06] [C-07]', () => {
    const deadline = { for: 'approval', at: new Date(61_000).toISOString(), then: 'abort' };
    expect(statusOf(asking(), 60_000).deadline).toEqual(deadline);
    const paused = reduce(asking(), command('pause', {}, 60_500));
    expect(statusOf(paused, 60_500).deadline).toEqual({ ...deadline, at: null });
    const rejected = reduce(asking(), command('reject', {}, 60_500));
    expect(statusOf(rejected, 60_500).deadline).toBeNull();
    expect(statusOf(baking(plan), 0).deadline).toBeNull();
  });

  test('that nobody gives in time follows the plan [C-07]', () => {
    expect(reduce(asking(), proceed(61_000)).stop?.cause).toBe('approvalTimeout');
  });

  test('that is refused holds, and the silence that follows aborts nothing [C-07]', () => {
    const rejected = [command('reject', { reason: 'not today' }, 60_500), proceed(900_000)].reduce(reduce, asking());
    expect([phaseOf(rejected), rejected.hold?.needsHuman, rejected.stop]).toEqual(['held', true, null]);
  });

  test('is asked at every stage without auto-progression [C-07]', () => {
    const manual = [proceed(60_000), judged('successful', 60_000), proceed(60_000)].reduce(
      reduce,
      baking(canaryPlan({ autoProgression: false })),
    );
    expect(phaseOf(manual)).toBe('awaitingApproval');
    expect([command('promote', {}, 60_001), proceed(60_001)].reduce(reduce, manual).stage).toBe(2);
  });
});

describe('a command', () => {
  test('meant for another rollout changes nothing and is kept in the record [C-08]', () => {
    const before = baking();
    const state = reduce(before, command('abort', { rolloutId: 'checkout@yesterday' }));
    expect(state.stop).toBeNull();
    expect(state.log.lines.at(-1)?.what).toMatch(/ignored: meant for checkout@yesterday/);
  });

  test('that was ignored is not handled: sent again, as an update, it is refused with the reason [W42]', () => {
    const ignored = reduce(baking(), command('approve', { commandId: 'ci-1' }));
    expect(ignored.log.lines.at(-1)?.what).toMatch(/^approve ignored/);
    expect(ignored.handled).toEqual([]);
    const taken = reduce(ignored, command('pause', { commandId: 'ci-1' }));
    expect([taken.handled, taken.pause]).toMatchObject([['pause ci-1'], { sinceMs: 0 }]);
  });

  test('meant for another stage changes nothing: a double click skips no stage [C-08]', () => {
    const once = [command('promote', { stage: 1 }), proceed(1), judged('successful', 2), proceed(2), applied(3)].reduce(
      reduce,
      baking(),
    );
    const twice = [command('promote', { stage: 1 }), proceed(4)].reduce(reduce, once);
    expect([once.stage, twice.stage, twice.step]).toEqual([2, 2, 'baking']);
  });

  test('that is sent twice counts once [C-08]', () => {
    const once = reduce(baking(), command('pause', { commandId: 'x' }));
    const twice = [command('resume', { commandId: 'y' }), command('pause', { commandId: 'x' })].reduce(reduce, once);
    expect(twice.pause).toBeNull();
  });

  test('that sets a policy beyond the tier is refused, also before the preflight has told the tier [K-03] [W41]', () => {
    const policy = { policy: { latencyIncrease: 1.5 } };
    const enhanced = { ...passed, tier: 'professional' } as const;
    const begun = [enhanced, applied(0)].reduce(reduce, newRollout(canaryPlan()));
    expect(refusalOf(begun, 'setRollbackPolicy', policy)?.code).toBe('MONITORING_NOT_IN_TIER');
    expect(reduce(begun, command('setRollbackPolicy', policy)).plan.rollbackPolicy).toBeUndefined();
    expect(refusalOf(baking(), 'setRollbackPolicy', policy)).toBeNull();
    const early = [command('setRollbackPolicy', policy), enhanced].reduce(reduce, newRollout(canaryPlan()));
    expect(early.stop).toMatchObject({ cause: 'preflight', reason: expect.stringContaining('professional') as string });
    expect(early.stage).toBe(0);
  });

  test.each<[string, Record<string, unknown>]>([
    ['meant for another rollout', { rolloutId: 'checkout@yesterday' }],
    ['meant for another stage', { stage: 7 }],
    ['refused for what it says', { durationMinutes: 0 }],
  ])('that was ignored because it was %s has not counted: sent again, it is refused or taken [W42]', (_, fields) => {
    const ignored = reduce(baking(), command('pause', { commandId: 'x', ...fields }));
    expect(isHandled(ignored, 'pause', { commandId: 'x' })).toBe(false);
    expect(refusalOf(ignored, 'pause', readCommand('pause', { commandId: 'x', ...fields }))).not.toBeNull();
    expect(reduce(ignored, command('pause', { commandId: 'x' })).pause).not.toBeNull();
  });

  test('with the id of another verb is another command: an abort is never taken for a pause [W42]', () => {
    const paused = reduce(baking(), command('pause', { commandId: 'ci-42' }));
    expect(reduce(paused, command('abort', { commandId: 'ci-42' })).stop?.cause).toBe('abort');
  });

  test.each(['approve', 'reject', 'pause', 'resume', 'promote', 'finish', 'configure'] as const)(
    '%s is refused while the rollout is being undone [C-08]',
    (verb) => {
      const stopping = reduce(baking(), command('abort'));
      expect(refusalOf(stopping, verb, {})?.code).toBe('ROLLING_BACK');
    },
  );

  test('typed with nothing, or with nonsense, still stops [M-06]', () => {
    for (const fields of [{}, { reason: 5, by: null, stage: 'x' } as Record<string, unknown>]) {
      expect(reduce(baking(), command('abort', fields)).stop?.cause).toBe('abort');
    }
  });
});

describe('a breach', () => {
  test('that the baseline shares holds and calls a person; the abort of a person still moves [C-05]', () => {
    const held = [{ type: 'breached', reason: 'both', shared: true, atMs: 5 } as CanaryEvent, proceed(999_999)].reduce(
      reduce,
      baking(),
    );
    expect([phaseOf(held), held.hold?.needsHuman, held.step]).toEqual(['held', true, 'baking']);
    expect(reduce(held, command('abort')).stop?.cause).toBe('abort');
  });

  test('counts while approval is awaited, and while paused [C-05]', () => {
    const breached: CanaryEvent = { type: 'breached', reason: 'errors', shared: false, atMs: 5 };
    expect([command('pause'), breached].reduce(reduce, baking()).stop?.cause).toBe('breach');
  });
});

describe('drift', () => {
  test.each([
    ['hold', 'held'],
    ['abort', 'rollingBack'],
  ] as const)('follows the plan: %s [C-13]', (onDrift, phase) => {
    const drifted = reduce(baking(canaryPlan({ onDrift })), { type: 'drifted', reason: 'green 40 %', atMs: 5 });
    expect(phaseOf(drifted)).toBe(phase);
  });

  test('that a person resumes from sets the stage again [C-13]', () => {
    const resumed = [{ type: 'drifted', reason: 'green 40 %', atMs: 5 } as CanaryEvent, command('resume')].reduce(
      reduce,
      baking(),
    );
    expect(resumed).toMatchObject({ step: 'applying', stage: 1, hold: null, appliedPercent: null });
  });
});

describe('evidence', () => {
  const evidence = { untilMs: 60_000, stage: {}, checks: [] } as unknown as AnalysisState;
  const unknown: CanaryEvent = {
    type: 'judged',
    verdict: 'inconclusive',
    reason: 'too little',
    carried: evidence,
    atMs: 60_000,
  };

  test('of a stage that is judged again is not counted twice', () => {
    const held = [proceed(60_000), unknown, proceed(60_000)].reduce(reduce, baking());
    expect(held.analysis).toBeNull();
  });

  test('of a stage goes with the rollout into the next [C-04]', () => {
    const next = [proceed(60_000), { ...unknown, verdict: 'successful' } as CanaryEvent, proceed(60_000)].reduce(
      reduce,
      baking(),
    );
    expect([next.stage, next.analysis]).toEqual([2, evidence]);
  });

  test('of harm stays when the share of a stage is changed [C-09]', () => {
    const changed = [
      command('pause', {}, 20_000),
      command('resume', { modifiedConfig: { traffic: 0.1 } }, 30_000),
      { type: 'evidenceKept', carried: evidence, atMs: 30_001 } as CanaryEvent,
      applied(30_002),
    ].reduce(reduce, baking());
    expect([changed.step, changed.stage, changed.analysis]).toEqual(['baking', 1, evidence]);
  });

  test('of harm is counted once when drift is found right after it was kept [C-09] [C-13]', () => {
    const analysis = planOf({ kind: 'sequential', metric: 'errorRate', max: 0.01 });
    const seen = intervals(repeat(3, traffic(100, 3)));
    const kept = (state: CanaryState): CanaryState =>
      reduce(state, {
        type: 'evidenceKept',
        carried: carryOver(observed(analysis, seen, state.analysis ?? undefined)),
        atMs: 30_000,
      });
    const changed = reduce(after([applied(0)], canaryPlan({ analysis })), command('pause', {}, 20_000));
    const other = kept(reduce(changed, command('resume', { modifiedConfig: { traffic: 0.1 } }, 30_000)));
    const drifted = reduce(other, { type: 'drifted', reason: 'green 40 %', atMs: 30_001 });
    const again = kept(reduce(drifted, command('resume', {}, 40_000)));
    const once = carryOver(observed(analysis, seen));
    expect(reduce(again, applied(40_001)).analysis).toEqual(once);
    expect(reduce(other, applied(30_001)).analysis).toEqual(once);
  });

  test('that a person has decided about does not come back with a verdict from before [M-03]', () => {
    const held = [proceed(60_000), { ...unknown, verdict: 'failed' } as CanaryEvent, proceed(60_000)].reduce(
      reduce,
      baking(canaryPlan({ autoRollback: false })),
    );
    const on = [command('resume', { modifiedConfig: { traffic: 0.1 } }, 70_000), applied(70_001)].reduce(reduce, held);
    expect([on.step, on.analysis]).toEqual(['baking', null]);
  });
});

describe('the record of a rollout', () => {
  test('begins with who started what [S-03]', () => {
    const [first] = beginCanary({
      id: 'checkout@1',
      plan: canaryPlan({ version: '2.7.0' }),
      requestedBy: 'ci:shop#7',
      atMs: 5,
    }).log.lines;
    expect(first).toEqual({
      number: 1,
      atMs: 5,
      kind: 'started',
      what: 'Started 2.7.0: 5 % → 25 % → 50 % → 100 %',
      by: 'ci:shop#7',
    });
  });
});

describe('a breach that the baseline shares', () => {
  test('calls a person also when the stage is held already for want of knowledge [C-05]', () => {
    const held = [proceed(60_000), judged('inconclusive', 60_000), proceed(60_000)].reduce(reduce, baking());
    const shared = reduce(held, { type: 'breached', reason: 'both fail', shared: true, atMs: 61_000 });
    expect(shared.hold).toMatchObject({ kind: 'sharedBreach', reason: 'both fail', needsHuman: true });
  });
});

describe('fences of a rollout', () => {
  test('are those of the share that was read back, and of what was decided since: none is given twice [C-11]', () => {
    const decided = [
      { type: 'fenceTaken', atMs: 1 },
      { type: 'fenceTaken', atMs: 2 },
    ] as const;
    const state = [...decided, { type: 'weightsApplied', fence: 8, atMs: 3 } as const].reduce(reduce, after([]));
    expect(state.fences).toEqual([8, 16]);
    expect(reduce(state, { type: 'fenceTaken', atMs: 4 }).fences).toEqual([8, 16, 24]);
  });
});

describe('an undo of what was broken off', () => {
  test('goes back at once: whoever aborted it would send everybody to what never had everybody [W52] [C-16]', () => {
    const { plan } = reduce(newRollout(canaryPlan()), { ...passed, atOnce: true });
    expect(plan.stages).toEqual([{ trafficPercent: 100, durationMs: 1 }]);
    expect(plan.analysis.checks).toEqual([]);
  });
});

describe('an alarm', () => {
  test('calls people once, and says what is so now', () => {
    const alarm = (words: string | null, atMs: number): CanaryEvent => ({
      type: 'alarmed',
      cause: 'guard',
      alarm: words,
      atMs,
    });
    const alarmsIn = ({ log }: CanaryState): readonly string[] =>
      log.lines.map(({ what }) => what).filter((what) => what.startsWith('Alarm'));
    const lasting = [alarm('1 slot is missing', 1), alarm('2 slots are missing', 2)].reduce(reduce, baking());
    expect(alarmsIn(lasting)).toEqual(['Alarm: 1 slot is missing']);
    expect(statusOf(lasting, 3).needsHuman).toBe('2 slots are missing');
    const again = [alarm(null, 3), alarm('2 slots are missing', 4)].reduce(reduce, lasting);
    expect(alarmsIn(again)).toEqual(['Alarm: 1 slot is missing', 'Alarm: 2 slots are missing']);
  });
});

describe('an alarm of what was tried before the stop', () => {
  test('is none any more while it is undone, and one of the undo is [W6]', () => {
    const undoing = [command('abort', {}, 1), proceed(1), { type: 'undoBegan', atMs: 2 } as const].reduce(
      reduce,
      baking(),
    );
    const alarmed = (cause: 'weights' | 'guard' | 'undo'): CanaryState =>
      reduce(undoing, { type: 'alarmed', cause, alarm: 'an instance is away', atMs: 3 });
    expect(statusOf(alarmed('weights'), 4).needsHuman).toBeNull();
    expect(statusOf(alarmed('guard'), 4).needsHuman).toBeNull();
    expect(statusOf(alarmed('undo'), 4).needsHuman).toBe('an instance is away');
  });
});
