import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { undecidedBreach } from '../../../src/domain/rollout/holds.js';
import { phaseOf } from '../../../src/domain/stages/status-of.js';
import { remainingOf } from '../../../src/domain/rollout/clock.js';
import { reduce, type CanaryEvent } from '../../../src/domain/canary/reduce.js';
import { isHandled } from '../../../src/domain/rollout/take-command.js';
import { refusalOf } from '../../../src/domain/stages/refusal.js';
import type { CanaryState } from '../../../src/domain/canary/state.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { splitBetween, sumsToWhole } from '../../../src/domain/traffic/weights.js';
import { anyEvents, anyPlan, canaryPlan, command, newRollout, ROLES } from './arbitraries.js';
import { clockOf } from '../../../src/domain/stages/state.js';

/** Every state that a run of events goes through. */
function trace(start: CanaryState, events: readonly CanaryEvent[]): CanaryState[] {
  const states = [start];
  for (const event of events) states.push(reduce(states.at(-1) ?? start, event));
  return states;
}

function always(holds: (before: CanaryState, after: CanaryState, event: CanaryEvent) => void, numRuns = 1500): void {
  fc.assert(
    fc.property(anyPlan, anyEvents, (plan, events) => {
      const states = trace(newRollout(plan), [
        { type: 'preflightPassed', roles: ROLES, warnings: [], atMs: 0 },
        ...events,
      ]);
      const all = [{ type: 'preflightPassed' } as CanaryEvent, ...events];
      states.slice(1).forEach((after, index) => {
        const before = states[index];
        const event = all[index];
        if (before !== undefined && event !== undefined) holds(before, after, event);
      });
    }),
    { numRuns },
  );
}

describe('whatever happens, in whatever order', () => {
  test('weights always sum to 100 [U-02]', () => {
    always((_, after) => {
      expect(sumsToWhole(splitBetween(ROLES, after.sharePercent))).toBe(true);
    });
  });

  test('only a command that was taken counts as handled [W42]', () => {
    always((before, after, event) => {
      if (event.type !== 'commanded') expect(after.handled).toEqual(before.handled);
      else if (isHandled(before, event.verb, event.command) || refusalOf(before, event.verb, event.command) !== null)
        expect(after.handled).toEqual(before.handled);
      else expect(after.handled.length).toBe(before.handled.length + (event.command.commandId === undefined ? 0 : 1));
    });
  });

  test('no stage is skipped, except by a promotion straight to full traffic [C-08]', () => {
    always((before, after) => {
      if (after.stage <= before.stage + 1 && after.stage >= before.stage) return;
      expect(before.promotion?.full).toBe(true);
      expect(after.stage).toBe(after.plan.stages.length);
    });
  });

  test('nothing revives a rollout that is stopped: its share never rises again and it never ends as promoted [C-08]', () => {
    always((before, after) => {
      if (before.stop === null) return;
      expect(after.stop).not.toBeNull();
      expect(after.sharePercent).toBeLessThanOrEqual(before.sharePercent);
      expect(after.stage).toBe(before.stage);
      expect(after.outcome).not.toBe('promoted');
    });
  });

  test('an outcome never changes [C-08]', () => {
    always((before, after) => {
      if (before.outcome === null) return;
      expect(after.outcome).toBe(before.outcome);
      expect(after.endedAtMs).toBe(before.endedAtMs);
    });
  });

  test('a stop is only ever replaced by a stronger one', () => {
    // Said once more, so that nobody changes the order by chance.
    const strength = [
      'fault',
      'emergencyStop',
      'abort',
      'breach',
      'judgement',
      'preflight',
      'drift',
      'approvalTimeout',
      'unknownDeadline',
    ];
    always((before, after) => {
      if (before.stop === null || after.stop === null) return;
      expect(strength.indexOf(after.stop.cause)).toBeLessThanOrEqual(strength.indexOf(before.stop.cause));
    });
  });

  test('while paused no share rises and no stage is left [C-09]', () => {
    always((before, after) => {
      if (before.pause === null || after.pause === null) return;
      expect(after.sharePercent).toBeLessThanOrEqual(before.sharePercent);
      expect(after.stage).toBe(before.stage);
    });
  });

  test('the clock never gains time while it runs [C-09]', () => {
    always((before, after, event) => {
      const [was, is] = [clockOf(before), clockOf(after)];
      if (was === null || is === null || after.step !== before.step || event.type === 'judged') return;
      expect(is.remainingMs).toBeLessThanOrEqual(was.remainingMs);
    });
  });

  test('before its time a stage is judged only on proof, after its least time, and never while it stands still [C-04]', () => {
    always((before, after, event) => {
      if (before.step !== 'baking' || after.step !== 'judging' || before.promotion !== null) return;
      const { clock, proof } = before;
      expect(event.type).toBe('proceeded');
      expect(before.hold).toBeNull();
      if (remainingOf(clock, event.atMs) === 0) return;
      const { advanceOnEvidence, durationMs, minDurationMs = 0 } = before.plan.stages[before.stage - 1] ?? {};
      expect(advanceOnEvidence).toBe(true);
      expect(proof).not.toBeNull();
      expect((durationMs ?? 0) - remainingOf(clock, event.atMs)).toBeGreaterThanOrEqual(minDurationMs);
    });
  });

  test('a verdict before its time that says nothing gives a stage no more time than it had [C-04] [C-09]', () => {
    always((before, after, event) => {
      if (before.step !== 'judging' || after.step !== 'baking') return;
      expect(event.type).toBe('judged');
      expect(after.stage).toBe(before.stage);
      expect(after.clock.remainingMs).toBeLessThanOrEqual(before.bake?.remainingMs ?? -1);
    });
  });

  test('what a person must decide about is shown until a person has decided, whatever comes on top [M-03] [C-09]', () => {
    always((before, after, event) => {
      const breach = undecidedBreach(before);
      if (breach === undefined || before.stop !== null) return;
      const { reason, needsHuman } = statusOf(before, 1_000_000);
      expect(reason).toContain(breach.reason);
      expect(needsHuman).toContain(breach.reason);
      if (undecidedBreach(after) !== undefined || after.stop !== null) return;
      const resumed = event.type === 'commanded' && event.verb === 'resume' && before.pause === null;
      const promoted = event.type === 'proceeded' && before.promotion !== null;
      expect(resumed || promoted).toBe(true);
    });
  });

  test('a resume from a pause leaves every hold in place [C-09]', () => {
    always((before, after, event) => {
      if (event.type !== 'commanded' || event.verb !== 'resume' || before.pause === null) return;
      if (before.hold?.kind !== 'unknown') expect(after.hold).toBe(before.hold);
    });
  });

  test('every state can be shown, and says the same phase everywhere', () => {
    always((_, after) => {
      const status = statusOf(after, 1_000_000);
      expect(status.phase).toBe(phaseOf(after));
      expect(status.reason).not.toBe('');
      expect(status.isComplete).toBe(after.outcome !== null);
      expect(JSON.parse(JSON.stringify(after))).toEqual(JSON.parse(JSON.stringify(structuredClone(after))));
      // Comparing whole states takes its time.
    }, 200);
  });
});

describe('precedence does not depend on the order of arrival [C-05]', () => {
  const atMs = 60_000;
  const arrivals: CanaryEvent[] = [
    command('emergencyStop', {}, atMs),
    command('abort', {}, atMs),
    { type: 'breached', reason: 'errors', shared: false, atMs },
    command('pause', {}, atMs),
    command('promote', {}, atMs),
    { type: 'proven', reason: 'proven', atMs },
  ];

  function baking(): CanaryState {
    const stages = canaryPlan().stages.map((stage) => ({ ...stage, advanceOnEvidence: true }));
    const passed = reduce(newRollout(canaryPlan({ stages })), {
      type: 'preflightPassed',
      roles: ROLES,
      warnings: [],
      atMs: 0,
    });
    return reduce(passed, { type: 'weightsApplied', atMs: 0 });
  }

  test('the strongest of everything that arrived together with the stage timer counts', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(arrivals, { minLength: 1 }), (some) => {
        const after = [...some, { type: 'proceeded', atMs } as CanaryEvent].reduce(reduce, baking());
        const arrived = (index: number) => some.some((event) => event === arrivals[index]);
        if (arrived(0)) expect(after.stop?.cause).toBe('emergencyStop');
        else if (arrived(1)) expect(after.stop?.cause).toBe('abort');
        else if (arrived(2)) expect(after.stop?.cause).toBe('breach');
        else if (arrived(3)) expect([after.stop, phaseOf(after), after.step]).toEqual([null, 'paused', 'baking']);
        else expect(after.step).toBe('judging');
      }),
    );
  });

  test('a proof that arrives while the time of the stage is not over ends it, whatever else arrives goes before it', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(arrivals, { minLength: 1 }), (some) => {
        const earlier = some.map((event) => ({ ...event, atMs: 30_000 }));
        const after = [...earlier, { type: 'proceeded', atMs: 30_000 } as CanaryEvent].reduce(reduce, baking());
        const has = (index: number) => some.some((event) => event === arrivals[index]);
        if (has(0) || has(1) || has(2)) expect(after).toMatchObject({ step: 'baking', stop: { atMs: 30_000 } });
        else if (has(3)) expect([after.stop, phaseOf(after), after.step]).toEqual([null, 'paused', 'baking']);
        else expect([after.step, after.step === 'judging' && after.bake !== null]).toEqual(['judging', !has(4)]);
      }),
    );
  });
});
