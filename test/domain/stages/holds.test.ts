import { describe, expect, test } from 'vitest';
import type { AnalysisState } from '../../../src/domain/analysis/analysis.js';
import { detailsOf } from '../../../src/presentation/details.js';
import { phaseOf } from '../../../src/domain/stages/status-of.js';
import { readCommand } from '../../../src/domain/stages/read-command.js';
import { reduce, type CanaryEvent } from '../../../src/domain/canary/reduce.js';
import { refusalOf } from '../../../src/domain/stages/refusal.js';
import type { CanaryState } from '../../../src/domain/canary/state.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { canaryPlan, command, newRollout, ROLES } from '../canary/arbitraries.js';
import { clockOf } from '../../../src/domain/stages/state.js';

const proceed = (atMs: number): CanaryEvent => ({ type: 'proceeded', atMs });
const breached = (atMs: number, reason = 'errors'): CanaryEvent => ({ type: 'breached', reason, shared: false, atMs });
const shared = (atMs: number): CanaryEvent => ({ type: 'breached', reason: 'both are bad', shared: true, atMs });
const drifted = (atMs: number): CanaryEvent => ({ type: 'drifted', reason: 'green 40 %', atMs });
const judged = (verdict: 'successful' | 'inconclusive', atMs: number): CanaryEvent => ({
  type: 'judged',
  verdict,
  reason: `judged ${verdict}`,
  carried: null,
  atMs,
});

/** Stage 1 bakes since 0, and a person decides about what fails; then this happens. */
function after(events: readonly CanaryEvent[]): CanaryState {
  const start: CanaryEvent[] = [
    { type: 'preflightPassed', roles: ROLES, warnings: [], atMs: 0 },
    { type: 'weightsApplied', atMs: 0 },
  ];
  const stages = [5, 100].map((trafficPercent) => ({
    trafficPercent,
    durationMs: 60_000,
    approval: { timeoutMs: null, onTimeout: 'hold' as const },
  }));
  return [...start, ...events].reduce(reduce, newRollout(canaryPlan({ stages, autoRollback: false })));
}

function effectOf(state: CanaryState): string {
  return state.log.lines.at(-1)?.what ?? '';
}

describe('a breach that a person decides about', () => {
  test('stays to be seen when somebody changes the weights on top of it [M-03] [C-13]', () => {
    const held = after([breached(10), drifted(20), proceed(20)]);
    const status = statusOf(held, 20);
    expect(status.reason).toMatch(/^errors; .*a person must decide; and green 40 %$/);
    expect(status.needsHuman).toBe(status.reason);
    expect(detailsOf(status)).toContain('Errors; nothing rolls back by itself here');
    expect(detailsOf(status)).toContain('green 40 %');
  });

  test('still rolls back as soon as it may by itself, with drift on top of it [M-03]', () => {
    const held = after([breached(10), drifted(20)]);
    const on = reduce(held, command('setRollbackPolicy', { autoRollback: true }, 30));
    expect(on.stop).toMatchObject({ cause: 'breach', reason: 'errors' });
  });

  test('stays to be seen when leaving the stage is refused on top of it, which is refused once [M-03] [C-07]', () => {
    const asking = after([proceed(60_000), judged('successful', 60_000), proceed(60_000)]);
    const rejected = [breached(61_000), command('reject', { by: 'ada' }, 62_000)].reduce(reduce, asking);
    expect(statusOf(rejected, 62_000).needsHuman).toMatch(/^errors; .*; and rejected by ada$/);
    const on = reduce(rejected, drifted(63_000));
    expect(statusOf(on, 63_000).needsHuman).toMatch(/^errors; .*; and rejected by ada; and green 40 %$/);
    expect(refusalOf(on, 'reject', {})?.code).toBe('NOT_AWAITING_APPROVAL');
  });

  test('is not hidden by an alarm, nor hides it [M-03] [C-11]', () => {
    const alarmed = after([
      breached(10),
      { type: 'alarmed', cause: 'weights', alarm: 'nobody guards the stage', atMs: 20 },
    ]);
    expect(statusOf(alarmed, 20).needsHuman).toMatch(/^nobody guards the stage; and errors; /);
  });

  test('takes the place of mere want of knowledge [M-03] [C-14]', () => {
    const held = after([proceed(60_000), judged('inconclusive', 60_000), breached(61_000)]);
    expect(statusOf(held, 61_000).reason).toMatch(/^errors; /);
  });
});

describe('a breach that the baseline shares', () => {
  test('is seen on top of drift as well, once [C-05] [C-13]', () => {
    const held = after([drifted(10), shared(20), shared(30)]);
    expect(statusOf(held, 30).needsHuman).toBe('green 40 %; and both are bad');
  });

  test('and that a person resumes in spite of is a new one when it comes again [C-05]', () => {
    const on = reduce(after([shared(10)]), command('resume', {}, 20));
    expect(on).toMatchObject({ hold: null, step: 'baking', overruledAtMs: 20 });
    expect(statusOf(reduce(on, shared(30)), 30).needsHuman).toBe('both are bad');
  });

  test('while approval is awaited takes nothing from what the stage has passed with [C-05] [C-07]', () => {
    const evidence = { untilMs: 60_000, stage: {}, checks: [] } as unknown as AnalysisState;
    const passed: CanaryEvent = { type: 'judged', verdict: 'successful', reason: 'well', carried: evidence, atMs: 1 };
    const held = after([proceed(60_000), passed, proceed(60_000), shared(61_000)]);
    const approved = [command('approve', { by: 'ada' }, 62_000), proceed(62_000)].reduce(reduce, held);
    expect(approved).toMatchObject({ stage: 2, analysis: evidence });
    expect(approved.stages[0]?.conclusion).toBe('ada went on although: both are bad');
    const resumed = reduce(held, command('resume', {}, 62_000));
    expect(resumed).toMatchObject({ step: 'asking', judgedAnalysis: evidence });
  });
});

describe('a resume', () => {
  const paused = () => after([command('pause', { by: 'ann', reason: 'lunch' }, 5), breached(10), proceed(10)]);

  test('that was meant for a pause ends the pause only, and says what is still held [M-03] [C-09]', () => {
    expect(statusOf(paused(), 10)).toMatchObject({
      phase: 'paused',
      reason: 'paused by ann: lunch; held: errors; nothing rolls back by itself here, a person must decide',
    });
    const resumed = [command('resume', { by: 'ann' }, 20), proceed(999_999)].reduce(reduce, paused());
    expect([phaseOf(resumed), resumed.step, clockOf(resumed)?.runningSinceMs]).toEqual(['held', 'baking', null]);
    expect(effectOf(reduce(paused(), command('resume', {}, 20)))).toBe(
      'Resumed; still held: errors; nothing rolls back by itself here, a person must decide; resume once more to go on all the same',
    );
  });

  test('that comes after it decides about the hold: the clock runs on from where it stood [M-03] [C-09]', () => {
    const on = [command('resume', {}, 20), command('resume', {}, 30), proceed(30)].reduce(reduce, paused());
    expect(on).toMatchObject({ hold: null, step: 'baking', clock: { remainingMs: 59_995, runningSinceMs: 30 } });
    expect(effectOf(on)).toBe('Resumed');
  });

  test('decides about everything that is held at once: the weights are set again after drift [M-03] [C-13]', () => {
    const on = reduce(after([drifted(5), breached(10)]), command('resume', {}, 20));
    expect(on).toMatchObject({ hold: null, step: 'applying', appliedPercent: null, overruledAtMs: 20 });
    const other = reduce(after([breached(5), drifted(10)]), command('resume', {}, 20));
    expect(other).toMatchObject({ hold: null, step: 'applying', appliedPercent: null, overruledAtMs: 20 });
  });

  test('makes a breach that comes afterwards a new one [M-03]', () => {
    const again = [command('resume', {}, 20), breached(30, 'more errors')].reduce(reduce, after([breached(10)]));
    expect(statusOf(again, 30).needsHuman).toMatch(/^more errors; /);
  });

  test('with another share from a pause sets it only when the hold is decided about as well [M-03] [C-09]', () => {
    const changed = reduce(paused(), command('resume', { modifiedConfig: { traffic: 0.1 } }, 20));
    expect([phaseOf(changed), changed.step, changed.sharePercent]).toEqual(['held', 'applying', 10]);
    expect(effectOf(changed)).toMatch(/^Resumed at 10 %; still held: errors/);
    expect(reduce(changed, command('resume', {}, 30))).toMatchObject({ hold: null, step: 'applying' });
  });

  test('from a pause goes on waiting for knowledge, and begins anew with another share [C-09] [C-14]', () => {
    const unknown = after([proceed(60_000), judged('inconclusive', 60_000), command('pause', {}, 61_000)]);
    const waiting = reduce(unknown, command('resume', {}, 70_000));
    expect([phaseOf(waiting), clockOf(waiting)?.runningSinceMs]).toEqual(['held', 70_000]);
    expect(effectOf(waiting)).toBe('Resumed; still held: judged inconclusive');
    const changed = reduce(unknown, command('resume', { modifiedConfig: { traffic: 0.1 } }, 70_000));
    expect(changed).toMatchObject({ hold: null, step: 'applying', verdict: null });
  });
});

describe('a refusal', () => {
  test('because of a pause says what it is held for as well [M-03]', () => {
    const state = after([command('pause', {}, 5), breached(10)]);
    for (const verb of ['promote', 'pause'] as const)
      expect(refusalOf(state, verb, readCommand(verb, {}))?.message).toMatch(/; it is held as well: errors; /);
  });
});
