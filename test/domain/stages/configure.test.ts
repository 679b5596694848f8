import { describe, expect, test } from 'vitest';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import { reduce } from '../../../src/domain/canary/reduce.js';
import type { CanaryState } from '../../../src/domain/canary/state.js';
import { readCommand } from '../../../src/domain/stages/read-command.js';
import { refusalOf, refusalOfInput, verbsTaken } from '../../../src/domain/stages/refusal.js';
import { canaryPlan, command, newRollout, ROLES } from '../canary/arbitraries.js';

const approval = { timeoutMs: 5000, onTimeout: 'abort' } as const;

/** Four stages; the second asks for approval, and the first bakes. */
function baking(change: Partial<CanaryPlan> = {}): CanaryState {
  const { stages } = canaryPlan();
  const withApproval = stages.map((stage, index) => (index === 1 ? { ...stage, approval } : stage));
  return (
    [
      { type: 'preflightPassed', roles: ROLES, warnings: [], atMs: 0 },
      { type: 'weightsApplied', atMs: 0 },
    ] as const
  ).reduce<CanaryState>(reduce, newRollout(canaryPlan({ stages: withApproval, ...change })));
}

const lineAfter = (state: CanaryState): string | undefined => state.log.lines.at(-1)?.what;

describe('configure', () => {
  test.each([[[9]], [[0]], [[-1]], [[4]], [[1, 4]]])(
    'asks for no approval of stages that are not left: %j is refused, and takes none out [C-07]',
    (demand) => {
      const before = baking();
      const index = demand.length - 1;
      const words = `requireManualApproval[${String(index)}]: Approval is asked for before a stage is left, and the last stage is not left; expected a stage from 1 to 3, got ${String(demand[index])}`;
      const given = { requireManualApproval: demand, autoProgression: false };
      expect(refusalOf(before, 'configure', readCommand('configure', given))).toEqual({
        code: 'INVALID_COMMAND',
        message: words,
      });
      const after = reduce(before, command('configure', given));
      expect(after.plan).toBe(before.plan);
      expect(lineAfter(after)).toBe(`configure ignored: ${words}`);
    },
  );

  test('of a single stage asks for no approval at all [C-07]', () => {
    const state = baking({ stages: [{ trafficPercent: 100, durationMs: 60_000 }] });
    expect(refusalOf(state, 'configure', { requireManualApproval: [1] })?.message).toContain(
      'expected no stage: the plan has only one, got 1',
    );
    expect(refusalOf(state, 'configure', { requireManualApproval: 'every-stage' })).toBeNull();
  });

  test('tells in the history what was, and what is from now on', () => {
    const lineOf = (fields: Record<string, unknown>, before = baking()): string | undefined =>
      lineAfter(reduce(before, command('configure', fields)));
    expect(lineOf({ autoProgression: false, by: 'ada', reason: 'it is Friday' })).toBe(
      'Auto-progression: on → off: it is Friday',
    );
    expect(lineOf({ monitoringInterval: 90, requireManualApproval: false })).toBe(
      'Monitoring interval: 10s → 1m30s; Approvals: stage 2 → none',
    );
    expect(lineOf({ requireManualApproval: 'every-stage' })).toBe('Approvals: stage 2 → stages 1, 2, 3');
    const every = reduce(baking(), command('configure', { requireManualApproval: 'every-stage' }));
    expect(lineOf({ requireManualApproval: [2] }, every)).toBe('Approvals: stages 1, 2, 3 → stage 2');
  });

  test.each([{}, { reason: 'why not' }, { autoProgression: 'nope' }])('that sets nothing is refused: %j', (given) => {
    const before = baking();
    expect(refusalOf(before, 'configure', readCommand('configure', given))).toEqual({
      code: 'INVALID_COMMAND',
      message: 'nothing is set: give autoProgression, monitoringInterval or requireManualApproval',
    });
    const after = reduce(before, command('configure', { ...given }));
    expect([after.plan, lineAfter(after)?.startsWith('configure ignored: nothing is set')]).toEqual([
      before.plan,
      true,
    ]);
    expect(verbsTaken(before)).toContain('configure');
  });
});

test('people type true and false as text, in every command that has them [M-06]', () => {
  expect(readCommand('configure', { autoProgression: 'false', requireManualApproval: 'true' })).toEqual({
    autoProgression: false,
    requireManualApproval: true,
  });
  expect(readCommand('setRollbackPolicy', { autoRollback: 'false' })).toEqual({ autoRollback: false });
  expect(refusalOfInput('configure', { autoProgression: 'false' })).toBeNull();
  expect(reduce(baking(), command('configure', { autoProgression: 'false' })).plan.autoProgression).toBe(false);
});

test('a resume with another interval tells it in the history [C-09]', () => {
  const paused = reduce(baking(), command('pause'));
  const resumed = reduce(paused, command('resume', { modifiedConfig: { traffic: 0.1, monitoringInterval: 30 } }));
  expect(lineAfter(resumed)).toBe('Resumed at 10 %; Monitoring interval: 10s → 30s');
});
