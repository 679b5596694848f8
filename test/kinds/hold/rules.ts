import {
  endOf,
  remainingOf,
  startClock,
  stopClock,
  stoppedClock,
  type Clock,
} from '../../../src/domain/rollout/clock.js';
import {
  COMMON_VERBS,
  commonVerbsTaken,
  readCommonCommand,
  refusalOfCommon,
  takeCommonCommand,
} from '../../../src/domain/rollout/common-commands.js';
import { beginLife, type Life } from '../../../src/domain/rollout/life.js';
import { isPauseOver } from '../../../src/domain/rollout/pause.js';
import type { Phase } from '../../../src/domain/rollout/phase.js';
import { reduceLife, type LifeRules } from '../../../src/domain/rollout/reduce-life.js';
import type { RolloutRules } from '../../../src/domain/rollout/rules.js';
import type { StatusBase } from '../../../src/domain/rollout/status.js';
import { statusBaseOf } from '../../../src/domain/rollout/status-of.js';
import { commonAttributesOf } from '../../../src/domain/search-attributes.js';

export interface HoldPlan {
  readonly holdForMs: number;
}

export interface HoldState extends Life {
  readonly plan: HoldPlan;
  readonly clock: Clock;
}

const HELD = 'held long enough';

const clocked = {
  stopClock: (state: HoldState, atMs: number) => ({ ...state, clock: stopClock(state.clock, atMs) }),
  startClock: (state: HoldState, atMs: number) => ({ ...state, clock: startClock(state.clock, atMs) }),
};

const life: LifeRules<HoldState> = {
  takeCommand: (state, commanded) => takeCommonCommand(state, commanded, clocked),
  proceed: (before, atMs) => {
    const state = isPauseOver(before, atMs) ? clocked.startClock({ ...before, pause: null }, atMs) : before;
    if (state.pause !== null || remainingOf(state.clock, atMs) > 0) return state;
    return { ...state, step: 'ended', outcome: 'promoted', endedAtMs: atMs };
  },
  undoWords: () => 'the hold is let go',
  passedWords: HELD,
};

function phaseOf({ outcome, stop, pause }: HoldState): Phase {
  return outcome ?? (stop !== null ? 'rollingBack' : pause !== null ? 'paused' : 'progressing');
}

function statusOf(state: HoldState, nowMs: number): StatusBase {
  const reason = state.outcome === null ? `holding for ${String(state.plan.holdForMs)} ms` : HELD;
  const said = { phase: phaseOf(state), moved: false, reason };
  return { ...statusBaseOf(state, said, nowMs), takes: commonVerbsTaken(state) };
}

/** Does nothing for a while. */
export const HOLD_RULES: RolloutRules<HoldPlan, HoldState, never> = {
  begin: ({ plan, ...start }) => ({
    ...beginLife(start, { what: 'Started to hold' }),
    plan,
    step: 'holding',
    clock: startClock(stoppedClock(plan.holdForMs), start.atMs),
  }),
  reduce: (state, event) => reduceLife(state, event, life),
  nextDueMs: ({ pause, clock }) => (pause === null ? endOf(clock) : pause.untilMs),
  verbs: COMMON_VERBS,
  readCommand: readCommonCommand,
  refusalOf: (state, verb, input) => refusalOfCommon(state, verb, readCommonCommand(verb, input)),
  statusOf,
  shownOf: (state, nowMs) => {
    const status = statusOf(state, nowMs);
    return { attributes: commonAttributesOf(status, 'hold'), memo: {} };
  },
};
