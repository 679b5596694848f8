import fc from 'fast-check';
import { beginBlueGreen, type BlueGreenState } from '../../../src/domain/blue-green/state.js';
import { reduce, type BlueGreenEvent } from '../../../src/domain/blue-green/reduce.js';
import type { BlueGreenPlan } from '../../../src/domain/blue-green/plan.js';
import { BLUE_GREEN_VERBS, type BlueGreenVerb } from '../../../src/domain/blue-green/commands.js';

export const ROLES = { baseline: 'blue', candidate: 'green' } as const;

export function switchPlan(some: Partial<BlueGreenPlan> = {}): BlueGreenPlan {
  return {
    service: 'checkout',
    name: 'checkout',
    stages: [{ trafficPercent: 100, durationMs: 60_000 }],
    analysis: { checks: [] },
    monitoringIntervalMs: 1000,
    autoProgression: true,
    onUnknown: { action: 'hold', deadlineMs: 60_000 },
    onDrift: 'hold',
    environments: {},
    switchWhen: 'command',
    ...some,
  };
}

export function newSwitch(plan = switchPlan()): BlueGreenState {
  return beginBlueGreen({ id: 'checkout@1', plan, atMs: 0 });
}

export function after(state: BlueGreenState, ...events: readonly BlueGreenEvent[]): BlueGreenState {
  return events.reduce(reduce, state);
}

export const PASSED: BlueGreenEvent = { type: 'preflightPassed', roles: ROLES, warnings: [], fences: [0], atMs: 0 };
export const PREPARED: BlueGreenEvent = { type: 'prepared', reason: 'green is up', atMs: 1 };

/** A rollout that waits for its switch. */
export function waiting(plan = switchPlan()): BlueGreenState {
  return after(newSwitch(plan), PASSED, PREPARED);
}

let ordinal = 0;

export function commanded(verb: BlueGreenVerb, command: object = {}, atMs = 10): BlueGreenEvent {
  ordinal += 1;
  return { type: 'commanded', verb, command, channel: 'update', ordinal, atMs } as BlueGreenEvent;
}

/** One that serves from green. */
export function switched(state = waiting(), atMs = 20): BlueGreenState {
  const asked = after(state, commanded('switch', { to: 'green' }, atMs));
  const number = asked.wish?.number ?? 0;
  return after(
    asked,
    { type: 'switchChecked', number, fit: true, reason: 'green is healthy', atMs },
    { type: 'weightsApplied', fence: 8, atMs },
  );
}

const verbs = Object.keys(BLUE_GREEN_VERBS) as BlueGreenVerb[];
const command = fc.record(
  {
    to: fc.constantFrom('blue', 'green', 'red'),
    validateHealth: fc.boolean(),
    by: fc.constantFrom('me', 'you'),
    commandId: fc.constantFrom('a', 'b'),
    durationMinutes: fc.constantFrom(1, 5),
    stage: fc.constantFrom(0, 1),
  },
  { requiredKeys: [] },
);
type Timeless = BlueGreenEvent extends infer E ? (E extends { atMs: number } ? Omit<E, 'atMs'> : never) : never;

const anyEvent: fc.Arbitrary<Timeless> = fc.oneof(
  fc.record({
    type: fc.constant('commanded' as const),
    verb: fc.constantFrom(...verbs),
    command,
    channel: fc.constant('signal' as const),
    ordinal: fc.nat(),
  }) as fc.Arbitrary<Timeless>,
  fc.constantFrom<Timeless>(
    { type: 'prepared', reason: 'green is up' },
    { type: 'idleHealthy', reason: 'green is healthy' },
    { type: 'weightsApplied', fence: 8 },
    { type: 'fenceTaken' },
    { type: 'proceeded' },
    { type: 'closed' },
    { type: 'undoBegan' },
    { type: 'undone' },
    { type: 'drifted', reason: 'someone moved it' },
    { type: 'breached', reason: 'green is unhealthy', shared: false },
    { type: 'breached', reason: 'so is blue', shared: true },
    { type: 'judged', verdict: 'successful', reason: 'well' },
    { type: 'judged', verdict: 'failed', reason: 'bad' },
    { type: 'judged', verdict: 'inconclusive', reason: 'unknown' },
  ),
  fc.record({
    type: fc.constant('switchChecked' as const),
    number: fc.integer({ min: 0, max: 4 }),
    fit: fc.boolean(),
    reason: fc.constant('looked'),
  }),
);

/** In an order of time, with pauses as long as a window now and then. */
export const anyEvents: fc.Arbitrary<readonly BlueGreenEvent[]> = fc
  .array(fc.tuple(anyEvent, fc.oneof(fc.nat(50), fc.constant(70_000))), { maxLength: 40 })
  .map((list) => {
    let atMs = 0;
    return list.map(([event, pauseMs]) => {
      atMs += pauseMs;
      return { ...event, atMs };
    });
  });
