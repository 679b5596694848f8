import { describe, expect, test } from 'vitest';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import type { StagePlan } from '../../../src/domain/stages/plan.js';
import { proofCountsFromMs } from '../../../src/domain/stages/reducer/early-end.js';
import { nextDueMs } from '../../../src/domain/stages/reducer/proceed.js';
import { reduce, type CanaryEvent } from '../../../src/domain/canary/reduce.js';
import type { CanaryState } from '../../../src/domain/canary/state.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { withPicture } from '../../../src/domain/staged-traffic/with-picture.js';
import type { WatchPicture } from '../../../src/domain/traffic/picture.js';
import { phaseOf } from '../../../src/domain/stages/status-of.js';
import { canaryPlan, command, newRollout, ROLES } from '../canary/arbitraries.js';

const proceed = (atMs: number): CanaryEvent => ({ type: 'proceeded', atMs });
const proven = (atMs: number): CanaryEvent => ({ type: 'proven', reason: 'errorRate 0 %, proven', atMs });
const judged = (verdict: 'successful' | 'failed' | 'inconclusive' | 'error', atMs: number): CanaryEvent => ({
  type: 'judged',
  verdict,
  reason: `judged ${verdict}`,
  carried: null,
  atMs,
});

function planWith(change: Partial<StagePlan>, more: Partial<CanaryPlan> = {}): CanaryPlan {
  const stages = [5, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 60_000, ...change }));
  return canaryPlan({ stages, ...more });
}

/** Stage 1 bakes since 0; then this happens. */
function after(events: readonly CanaryEvent[], plan: CanaryPlan = planWith({ advanceOnEvidence: true })): CanaryState {
  const start: CanaryEvent[] = [
    { type: 'preflightPassed', roles: ROLES, warnings: [], atMs: 0 },
    { type: 'weightsApplied', atMs: 0 },
  ];
  return [...start, ...events].reduce(reduce, newRollout(plan));
}

describe('a stage that advances on evidence', () => {
  test('is judged as soon as health is proven, and left when it has passed [C-04]', () => {
    const judging = after([proven(20_000), proceed(20_000)]);
    expect(judging).toMatchObject({ step: 'judging', verdict: null, clock: null });
    const passed = [judged('successful', 20_100), proceed(20_100)].reduce(reduce, judging);
    expect(passed).toMatchObject({ step: 'applying', stage: 2, proofNotBeforeMs: null });
    expect(statusOf(passed, 20_100).history.map(({ what }) => what)).toContain(
      'Stage 1 may end 40 s early: errorRate 0 %, proven',
    );
  });

  test('does not end before its least time; the proof waits for it [C-04]', () => {
    const plan = planWith({ advanceOnEvidence: true, minDurationMs: 30_000 });
    const waiting = after([proven(20_000), proceed(20_000)], plan);
    expect([waiting.step, nextDueMs(waiting)]).toEqual(['baking', 30_000]);
    expect(reduce(waiting, proceed(29_999)).step).toBe('baking');
    expect(reduce(waiting, proceed(30_000)).step).toBe('judging');
  });

  test('that is paused waits with its proof for the resume, and for the rest of its least time [C-09]', () => {
    const plan = planWith({ advanceOnEvidence: true, minDurationMs: 30_000 });
    const paused = after([command('pause', {}, 10_000), proven(40_000), proceed(500_000)], plan);
    expect([paused.step, nextDueMs(paused)]).toEqual(['baking', null]);
    const resumed = [command('resume', {}, 600_000), proceed(600_000)].reduce(reduce, paused);
    expect([resumed.step, nextDueMs(resumed)]).toEqual(['baking', 620_000]);
    expect(reduce(resumed, proceed(620_000)).step).toBe('judging');
  });

  test('that is held waits with its proof for the resume [C-05]', () => {
    const shared: CanaryEvent = { type: 'breached', reason: 'both are bad', shared: true, atMs: 10_000 };
    const held = after([shared, proven(20_000), proceed(20_000)]);
    expect([held.step, phaseOf(held)]).toEqual(['baking', 'held']);
    expect([command('resume', {}, 30_000), proceed(30_000)].reduce(reduce, held).step).toBe('judging');
  });

  test('is undone when the judge finds harm that the proof did not see [C-04]', () => {
    const failed = after([proven(20_000), proceed(20_000), judged('failed', 20_100), proceed(20_100)]);
    expect(failed.stop).toMatchObject({ cause: 'judgement' });
  });

  test.each(['inconclusive', 'error'] as const)(
    'bakes on when the judge cannot confirm the proof (%s), with the time it has left [C-04] [C-14]',
    (verdict) => {
      const judging = after([proven(20_000), proceed(20_000)]);
      const on = [judged(verdict, 24_000), proceed(24_000)].reduce(reduce, judging);
      expect(on).toMatchObject({
        step: 'baking',
        verdict: null,
        hold: null,
        proof: null,
        proofNotBeforeMs: 30_000,
      });
      expect(statusOf(on, 24_000).stageEndsAt).toBe(new Date(60_000).toISOString());
      expect(proofCountsFromMs(on)).toBe(30_000);
      expect([proven(40_000), proceed(40_000)].reduce(reduce, on).step).toBe('judging');
      expect(reduce(on, proceed(60_000)).step).toBe('judging');
    },
  );

  test('keeps its remaining time when a pause comes while it is judged early [C-09]', () => {
    const judging = after([proven(20_000), proceed(20_000)]);
    const paused = [command('pause', {}, 21_000), judged('inconclusive', 22_000), proceed(90_000)].reduce(
      reduce,
      judging,
    );
    expect(statusOf(paused, 90_000)).toMatchObject({ phase: 'paused', pausedRemainingMs: 39_000 });
  });

  test('begins anew with another share: an old proof counts for nothing [C-09]', () => {
    const changed = after([
      command('pause', {}, 10_000),
      proven(11_000),
      command('resume', { modifiedConfig: { traffic: 0.1 } }, 12_000),
      proven(12_000),
      { type: 'weightsApplied', atMs: 13_000 },
      proceed(13_000),
    ]);
    expect(changed).toMatchObject({ step: 'baking', proof: null, clock: { remainingMs: 60_000 } });
  });

  test('ends by its clock when no proof comes [C-04]', () => {
    expect(after([proceed(60_000)])).toMatchObject({ step: 'judging', bake: null });
  });

  test('and one that does not, hears nothing of proof', () => {
    const plan = planWith({});
    expect(after([proven(20_000), proceed(20_000)], plan)).toMatchObject({ step: 'baking', proof: null });
    expect(proofCountsFromMs(after([], plan))).toBeNull();
  });

  test('goes on from what was carried over as JSON [C-12]', () => {
    const carried = JSON.parse(JSON.stringify(after([]))) as CanaryState;
    expect([proven(20_000), proceed(20_000)].reduce<CanaryState>(reduce, carried).step).toBe('judging');
  });
});

describe('a stage with a longest time', () => {
  const held = (plan: CanaryPlan) => after([proceed(60_000), judged('inconclusive', 60_000), proceed(60_000)], plan);

  test('is held while its verdict is unknown until that is over [C-04] [C-14]', () => {
    const plan = planWith({ maxDurationMs: 150_000 });
    expect([phaseOf(held(plan)), nextDueMs(held(plan))]).toEqual(['held', 150_000]);
    expect(reduce(held(plan), proceed(150_000)).hold).toMatchObject({ needsHuman: true });
  });

  test.each([
    ['abort', /still unknown after 2m30s, the longest it may last: judged inconclusive/],
    ['continue', /went on after 2m30s, the longest it may last, as the plan says, although: judged inconclusive/],
  ] as const)('then the policy ends it: %s [C-14]', (action, words) => {
    const plan = planWith({ maxDurationMs: 150_000 }, { onUnknown: { action, deadlineMs: 1 } });
    const late = reduce(held(plan), proceed(150_000));
    expect(late.stop?.reason ?? late.stages[0]?.conclusion).toMatch(words);
  });

  test('that is its whole time is not held at all: the policy decides at once [C-14]', () => {
    const plan = planWith({ maxDurationMs: 60_000 }, { onUnknown: { action: 'abort', deadlineMs: 600_000 } });
    expect(held(plan).stop).toMatchObject({ cause: 'unknownDeadline' });
  });
});

describe('the status', () => {
  const picture = (proof: object | null): WatchPicture => ({
    at: new Date(20_000).toISOString(),
    stage: 1,
    observed: null,
    checks: [
      {
        name: 'errorRate',
        verdict: 'successful',
        value: 0,
        baselineValue: null,
        bound: 'max 1 %',
        unit: 'fraction',
        candidateRequests: 100,
        baselineRequests: 0,
        reason: 'well',
        recent: [],
        missing: null,
        proof: proof as never,
      },
    ],
    verdict: 'successful',
    healthScore: 1,
    probeSuccess: null,
    candidateRequests: 100,
    trouble: [],
  });
  const missing = 'needs about 1,900 more requests to prove health (7 m at the present rate)';

  test('says how much is missing until it may end early [C-06]', () => {
    const status = statusOf(after([]), 20_000);
    expect(withPicture(status, picture({ proven: false, requests: 1900, afterMs: 420_000, missing })).reason).toBe(
      `baking at 5 %; it may end early: errorRate ${missing}`,
    );
    expect(withPicture(status, picture({ proven: true, requests: 0, afterMs: 0, missing: null })).reason).toBe(
      'baking at 5 %; health is proven',
    );
  });

  test('says nothing of proof that nobody waits for [C-06]', () => {
    const status = statusOf(after([], planWith({})), 20_000);
    expect(withPicture(status, picture({ proven: false, requests: 1, afterMs: 1, missing })).reason).toBe(
      'baking at 5 %',
    );
  });

  test('has the times of every stage [C-06]', () => {
    const plan = planWith({ advanceOnEvidence: true, minDurationMs: 10_000, maxDurationMs: 90_000 });
    expect(statusOf(newRollout(plan), 0).stages[0]).toMatchObject({
      durationMs: 60_000,
      advanceOnEvidence: true,
      minDurationMs: 10_000,
      maxDurationMs: 90_000,
    });
  });
});
