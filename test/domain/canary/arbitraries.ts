import fc from 'fast-check';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import { VERBS, type Verb } from '../../../src/domain/stages/commands.js';
import { readCommand } from '../../../src/domain/stages/read-command.js';
import type { CanaryEvent } from '../../../src/domain/canary/reduce.js';
import { beginCanary, type CanaryState } from '../../../src/domain/canary/state.js';

export const ROLES = { baseline: 'blue', candidate: 'green' } as const;

export function canaryPlan(change: Partial<CanaryPlan> = {}): CanaryPlan {
  return {
    service: 'checkout',
    name: 'checkout',
    stages: [5, 25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 60_000 })),
    analysis: { checks: [] },
    monitoringIntervalMs: 10_000,
    autoProgression: true,
    onUnknown: { action: 'hold', deadlineMs: 600_000 },
    onDrift: 'hold',
    ...change,
  };
}

export function newRollout(plan: CanaryPlan = canaryPlan()): CanaryState {
  return beginCanary({ id: 'checkout@run-1', plan, atMs: 0 });
}

const plans = fc.record({
  autoProgression: fc.boolean(),
  autoRollback: fc.boolean(),
  onDrift: fc.constantFrom('hold' as const, 'abort' as const),
  onUnknown: fc.record({
    action: fc.constantFrom('hold' as const, 'abort' as const, 'continue' as const),
    deadlineMs: fc.integer({ min: 1, max: 100_000 }),
  }),
  stages: fc
    .uniqueArray(fc.integer({ min: 1, max: 99_999 }), { minLength: 0, maxLength: 4 })
    .map((parts) => [...parts.sort((a, b) => a - b), 100_000])
    .chain((parts) =>
      fc.tuple(
        ...parts.map((part) =>
          fc.record(
            {
              trafficPercent: fc.constant(part / 1000),
              durationMs: fc.integer({ min: 1, max: 100_000 }),
              advanceOnEvidence: fc.boolean(),
              minDurationMs: fc.integer({ min: 0, max: 100_000 }),
              maxDurationMs: fc.integer({ min: 100_000, max: 200_000 }),
              approval: fc.record({
                timeoutMs: fc.option(fc.integer({ min: 1, max: 100_000 })),
                onTimeout: fc.constantFrom('abort' as const, 'hold' as const),
              }),
            },
            { requiredKeys: ['trafficPercent', 'durationMs'] },
          ),
        ),
      ),
    ),
});

export const anyPlan: fc.Arbitrary<CanaryPlan> = plans.map((change) => canaryPlan(change));

const anyCommand = fc
  .record({
    verb: fc.constantFrom(...VERBS),
    fields: fc.record(
      {
        rolloutId: fc.constantFrom('checkout@run-1', 'checkout@run-0'),
        stage: fc.integer({ min: 0, max: 5 }),
        full: fc.boolean(),
        durationMinutes: fc.constantFrom(0, 0.5, 5),
        commandId: fc.constantFrom('a', 'b', 'c'),
        modifiedConfig: fc.record({ traffic: fc.double({ min: 0, max: 1, noNaN: true }) }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ verb, fields }): WithoutTime => ({
    type: 'commanded',
    verb,
    command: readCommand(verb, fields),
    channel: 'signal',
    ordinal: 1,
  }));

type WithoutTime = CanaryEvent extends infer E ? (E extends { atMs: number } ? Omit<E, 'atMs'> : never) : never;

const anyOwnEvent: fc.Arbitrary<WithoutTime> = fc.oneof(
  fc.constant<WithoutTime>({ type: 'preflightPassed', roles: ROLES, warnings: [] }),
  fc.constant<WithoutTime>({ type: 'preflightFailed', reason: 'unfit' }),
  fc.constant<WithoutTime>({ type: 'weightsApplied' }),
  fc.boolean().map((shared): WithoutTime => ({ type: 'breached', reason: 'too many errors', shared })),
  fc.constant<WithoutTime>({ type: 'proven', reason: 'proven' }),
  fc.constant<WithoutTime>({ type: 'drifted', reason: 'green 40 %' }),
  fc
    .constantFrom(
      'successful' as const,
      'successful' as const,
      'failed' as const,
      'inconclusive' as const,
      'error' as const,
    )
    .map((verdict): WithoutTime => ({ type: 'judged', verdict, reason: verdict, carried: null })),
  fc.constant<WithoutTime>({ type: 'undoBegan' }),
  fc.constant<WithoutTime>({ type: 'undone' }),
);

/** Anything in any order, with time going on; mostly what really happens, so that runs get far. */
export const anyEvents: fc.Arbitrary<CanaryEvent[]> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 4, arbitrary: fc.constant<WithoutTime>({ type: 'proceeded' }) },
        { weight: 2, arbitrary: fc.constant<WithoutTime>({ type: 'weightsApplied' }) },
        {
          weight: 2,
          arbitrary: fc.constant<WithoutTime>({ type: 'judged', verdict: 'successful', reason: 'well', carried: null }),
        },
        { weight: 1, arbitrary: fc.constant<WithoutTime>({ type: 'proven', reason: 'proven' }) },
        { weight: 1, arbitrary: anyOwnEvent },
        { weight: 1, arbitrary: anyCommand },
      ),
      fc.integer({ min: 0, max: 70_000 }),
    ),
    { maxLength: 80 },
  )
  .map((steps) => {
    let atMs = 0;
    return steps.map(([event, passedMs]) => ({ ...event, atMs: (atMs += passedMs) }));
  });

export function command(verb: Verb, fields: Record<string, unknown> = {}, atMs = 0): CanaryEvent {
  return { type: 'commanded', verb, command: readCommand(verb, fields), channel: 'signal', ordinal: 1, atMs };
}
