import type { PlanShape, Schedule } from '../../../../bench/chaos/schedule/schedule.js';
import type { Visit } from '../../../../bench/chaos/timeline/facts.js';
import type { CommandFact, Look, RolloutFact, StartFact, Timeline } from '../../../../bench/chaos/timeline/timeline.js';
import type { Slot } from '../../../../bench/chaos/world/plane.js';

export const SERVICE = 'shop';
export const RUN = 'run-1';

const SCHEDULE: Schedule = {
  seed: 1,
  router: 'gateway',
  workers: 2,
  services: [{ name: SERVICE, requestsPerSecond: 40, tellsVersion: false }],
  durationMs: 60_000,
  steps: [],
};

export const PLAN: PlanShape = {
  stages: [
    { percent: 25, durationMs: 4000 },
    { percent: 100, durationMs: 4000 },
  ],
  autoProgression: true,
  autoRollback: true,
  onDrift: 'hold',
  onUnknown: 'hold',
  health: false,
};

/** A minute in which nothing happened to one service, all of whose traffic is on blue; times in milliseconds from 0. */
export function timeline(change: Partial<Timeline> = {}): Timeline {
  return {
    schedule: SCHEDULE,
    fromMs: 0,
    liftedMs: 60_000,
    toMs: 90_000,
    shares: { [SERVICE]: greenAt([0, 0]) },
    visits: {},
    stalls: [],
    faults: [],
    behaviours: [],
    starts: [],
    commands: [],
    moves: [],
    words: [],
    rollouts: [],
    looks: [],
    memory: [],
    journal: [],
    ...change,
  };
}

/** What the data plane was seen to do: from each moment on, until the next. */
export function greenAt(...changes: readonly (readonly [atMs: number, greenPercent: number])[]) {
  return changes.map(([fromMs, greenPercent], index) => ({
    fromMs,
    toMs: (changes[index + 1]?.[0] ?? 90_000) - 40,
    greenPercent,
  }));
}

export function start(change: Partial<StartFact> = {}): StartFact {
  return {
    service: SERVICE,
    askedMs: 1000,
    answeredMs: 1050,
    via: 'client',
    plan: PLAN,
    adopt: null,
    result: 'started',
    firstRunId: RUN,
    said: '',
    textBytes: 3,
    ...change,
  };
}

/** From 1 s to 10 s. */
export function rollout(outcome: string | null, change: Partial<RolloutFact> = {}): RolloutFact {
  return {
    service: SERVICE,
    firstRunId: RUN,
    startedMs: 1020,
    taskFailure: null,
    closed: {
      atMs: 10_000,
      status: 'COMPLETED',
      outcome,
      reason: 'because',
      moved: true,
      events: 100,
      longestRunEvents: 100,
    },
    ...change,
  };
}

export function command(what: CommandFact['what'], askedMs: number, change: Partial<CommandFact> = {}): CommandFact {
  return {
    service: SERVICE,
    what,
    names: 'current',
    stage: 'nothing',
    fields: {},
    textBytes: 3,
    askedMs,
    answeredMs: askedMs + 20,
    result: 'accepted',
    said: '',
    ...change,
  };
}

/** One look a second, each as `at` says. */
export function looks(fromMs: number, toMs: number, change: Partial<Look> = {}): readonly Look[] {
  const count = Math.floor((toMs - fromMs) / 1000) + 1;
  return Array.from({ length: count }, (_, index) => ({
    atMs: fromMs + index * 1000,
    service: SERVICE,
    firstRunId: RUN,
    phase: 'progressing',
    stage: 1,
    percent: 25,
    needsHuman: false,
    reason: null,
    events: 40,
    taskAttempt: 0,
    guardPid: 77,
    ...change,
  }));
}

/** Ten requests a second, all answered by `slot`. */
export function visits(fromMs: number, toMs: number, slot: Slot, ok = true): readonly Visit[] {
  return Array.from({ length: (toMs - fromMs) / 100 }, (_, index) => ({
    sentMs: fromMs + index * 100,
    answeredMs: fromMs + index * 100 + 5,
    slot,
    ok,
  }));
}
