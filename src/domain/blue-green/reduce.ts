import { bounded } from '../rollout/bounded.js';
import { because, byWhom, type Commanded } from '../rollout/commands.js';
import { startClock, stoppedClock } from '../rollout/clock.js';
import { endsByItself } from '../rollout/holds.js';
import { decide } from '../rollout/record.js';
import { comesTooLate } from '../rollout/reduce-life.js';
import * as common from '../rollout/take-command.js';
import type { StagedTrafficEvent } from '../staged-traffic/events.js';
import { reduceStagedTraffic, type TrafficRules } from '../staged-traffic/reduce.js';
import { enterStage } from '../stages/reducer/stages.js';
import { stopFor } from '../stages/reducer/stop.js';
import { updateStage } from '../stages/stage-record.js';
import { at } from '../stages/state.js';
import type { SwitchCommand } from './commands.js';
import { asksToSwitch, refusalOf, targetOf } from './refusal.js';
import { verbNamed } from './read-command.js';
import { heardOfRetirement } from './retirement.js';
import { activeOf, hasSwitched, type BlueGreenState, type SwitchWish } from './state.js';

/** What happens to a blue-green rollout alone. */
export type SwitchEvent =
  /** The idle environment is up, as far as its hook says. */
  | { readonly type: 'prepared'; readonly reason: string; readonly atMs: number }
  /** Whether the environment that is wanted may serve; `number` is that of the wish. */
  | {
      readonly type: 'switchChecked';
      readonly number: number;
      readonly fit: boolean;
      readonly reason: string;
      readonly atMs: number;
    }
  /** The idle environment is known to be healthy, where that is what a switch waits for. */
  | { readonly type: 'idleHealthy'; readonly reason: string; readonly atMs: number };

export type BlueGreenEvent = StagedTrafficEvent | SwitchEvent;

/** The rules of a blue-green rollout. Pure: the same events in the same order give the same state. */
export function reduce(state: BlueGreenState, arrived: BlueGreenEvent): BlueGreenState {
  const event = bounded(arrived);
  if (comesTooLate(state, event)) return state;
  switch (event.type) {
    case 'prepared':
      return state.step === 'waiting' && !state.isPrepared && state.stop === null
        ? decide(wait({ ...state, isPrepared: true }, event.atMs), event.atMs, event.reason)
        : state;
    case 'switchChecked':
      return answerWish(state, event);
    case 'idleHealthy':
      return switchByItself(state, event.reason, event.atMs);
    case 'commanded':
      return asksToSwitch(state, event.verb) ? takeSwitch(state, event) : reduceStagedTraffic(state, event, RULES);
    case 'hooked':
      return heardOfRetirement(reduceStagedTraffic(state, event, RULES), event.change);
    case 'proceeded':
      // Until it is known whether the switch is made, nothing else is decided but a stop.
      return state.wish !== null ? state : reduceStagedTraffic(state, event, RULES);
    case 'alarmed':
    case 'breached':
    case 'closed':
    case 'drifted':
    case 'evidenceKept':
    case 'faulted':
    case 'fenceMet':
    case 'fenceRenewed':
    case 'fenceTaken':
    case 'journaled':
    case 'hooked':
    case 'judged':
    case 'preflightFailed':
    case 'preflightPassed':
    case 'proven':
    case 'undoBegan':
    case 'undoDone':
    case 'undone':
    case 'undoPlanned':
    case 'weightsApplied':
      return reduceStagedTraffic(state, event, RULES);
  }
}

const RULES: TrafficRules<BlueGreenState> = {
  begin: (state, { atMs }) => {
    const unknown = unknownEnvironments(state);
    return unknown === null ? wait(state, atMs) : stopFor(state, { cause: 'preflight', reason: unknown, atMs });
  },
  planFrom: (plan, { roles, health }) => {
    const config = plan.environments[roles.candidate] ?? {};
    const version = plan.version ?? (typeof config.version === 'string' ? config.version : undefined);
    return { ...plan, ...(health === undefined ? {} : { health }), ...(version === undefined ? {} : { version }) };
  },
  applied: (state, before, atMs) => {
    // All the traffic is back where it was before: there is no stage of nothing.
    const isBack = before.step === 'applying' && before.sharePercent === 0;
    if (!isBack || state.roles === null) return state;
    return wait(decide(state, atMs, `All traffic to ${state.roles.baseline}, read back`), atMs);
  },
};

/** The names of environments are those of the backends of the service. */
function unknownEnvironments({ plan, roles }: BlueGreenState): string | null {
  const known = roles === null ? [] : [roles.baseline, roles.candidate];
  const unknown = Object.keys(plan.environments).filter((name) => !known.includes(name));
  if (unknown.length === 0) return null;
  return `preflight: service: ${plan.service} has no environment ${unknown.join(', ')}: expected ${known.join(' and ')}`;
}

/** For a switch; the first time for as long as the plan says, from when there is something to switch to. */
function wait(state: BlueGreenState, atMs: number): BlueGreenState {
  const isAsked = state.isPrepared && !hasSwitched(state);
  const timeoutMs = isAsked ? (state.plan.begin?.timeoutMs ?? null) : null;
  const clock = timeoutMs === null ? null : startClock(stoppedClock(timeoutMs), atMs);
  return at(
    { ...state, sharePercent: 0, appliedPercent: 0 },
    { step: 'waiting', isWatched: state.isPrepared, sinceMs: atMs, clock },
  );
}

function takeSwitch(state: BlueGreenState, commanded: Commanded): BlueGreenState {
  const verb = verbNamed(commanded.verb);
  return common.takeCommand<BlueGreenState, Commanded<string, SwitchCommand>>(state, commanded, {
    refusalOf: (before, { command }) => refusalOf(before, verb, command),
    sentenceOf: (before, { command }) => {
      const to = targetOf(before, command) ?? '';
      return to === activeOf(before)
        ? `Already on ${to}: nothing is moved${because(command)}`
        : `Switch to ${to}${command.validateHealth === false ? ', healthy or not' : ''}${because(command)}`;
    },
    take: (before, { command }) => {
      const to = targetOf(before, command);
      if (to === null || to === activeOf(before)) return before;
      return wished(before, { ...command, to });
    },
  });
}

function wished(state: BlueGreenState, wish: Partial<SwitchWish> & Pick<SwitchWish, 'to'>): BlueGreenState {
  const { to, validateHealth = true, by, reason } = wish;
  const number = (state.answered?.number ?? 0) + 1;
  return {
    ...unjudged(state),
    promotion: null,
    wish: {
      to,
      validateHealth,
      number,
      ...(by === undefined ? {} : { by }),
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

/** What is asked of a stage that somebody wants to leave is asked no more, unless they may not. */
function unjudged(state: BlueGreenState): BlueGreenState {
  if (state.step !== 'judging' && state.step !== 'asking') return state;
  const hold = endsByItself(state.hold) ? null : state.hold;
  return at(
    { ...state, hold, verdict: null, verdictReason: null },
    { step: 'baking', clock: stoppedClock(0), proof: null },
  );
}

/** Once only: who has turned back by hand decides about the next switch. */
function switchByItself(state: BlueGreenState, reason: string, atMs: number): BlueGreenState {
  const isAwaited = state.step === 'waiting' && state.wish === null && !hasSwitched(state) && state.isPrepared;
  if (!isAwaited || state.roles === null || state.stop !== null || state.pause !== null || state.hold !== null)
    return state;
  const to = state.roles.candidate;
  return wished(decide(state, atMs, `Switch to ${to} by itself: ${reason}`), { to });
}

function answerWish(
  state: BlueGreenState,
  { number, fit, reason, atMs }: Extract<SwitchEvent, { type: 'switchChecked' }>,
): BlueGreenState {
  const { wish, roles, stop } = state;
  if (wish === null || wish.number !== number || roles === null) return state;
  const free = { ...state, wish: null, answered: { number, refused: fit ? null : reason } };
  if (stop !== null) return free;
  if (!fit) return decide(free, atMs, `Not switched to ${wish.to}: ${reason}`);
  if (wish.to === roles.candidate) return switchForth(free, atMs);
  return switchBack(free, `switched back${byWhom(wish)}${because(wish)}`, atMs);
}

function switchForth(state: BlueGreenState, atMs: number): BlueGreenState {
  const entered = enterStage(decide(state, atMs, `Switching to ${state.roles?.candidate ?? ''}`), 1);
  return updateStage(entered, { startedAtMs: null, endedAtMs: null, conclusion: null });
}

function switchBack(state: BlueGreenState, conclusion: string, atMs: number): BlueGreenState {
  const ended = updateStage(state, { endedAtMs: atMs, conclusion });
  return at(
    {
      ...ended,
      sharePercent: 0,
      hold: null,
      promotion: null,
      verdict: null,
      verdictReason: null,
      judgedAnalysis: null,
    },
    { step: 'applying', overrides: false },
  );
}
