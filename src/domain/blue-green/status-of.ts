import type { Phase } from '../rollout/phase.js';
import { BLUE_GREEN } from '../search-attributes.js';
import { phaseOf as phaseOfStages } from '../stages/status-of.js';
import { trafficStatusOf } from '../staged-traffic/status-of.js';
import { BLUE_GREEN_VERBS, type BlueGreenVerb } from './commands.js';
import { servesAfterRetirement } from './retirement.js';
import { verbsTaken } from './refusal.js';
import { activeOf, hasSwitched, type BlueGreenState } from './state.js';
import type { BlueGreenStatus } from './status.js';

/** A blue-green rollout's state as people see it. */
export function statusOf(state: BlueGreenState, nowMs: number): BlueGreenStatus {
  const own = { phase: phaseOf(state), reason: stepWords(state), asks: asksForSwitch(state) };
  return {
    ...trafficStatusOf(state, own, nowMs, servesAfterRetirement(state)),
    strategy: BLUE_GREEN,
    activeEnvironment: activeOf(state),
    isPrepared: state.isPrepared,
    switchingTo: switchingTo(state),
    environments: state.plan.environments,
    takes: verbsTaken(state, Object.keys(BLUE_GREEN_VERBS) as BlueGreenVerb[]),
  };
}

function phaseOf(state: BlueGreenState): Phase {
  const phase = phaseOfStages(state);
  if (state.step !== 'waiting' || (phase !== 'promoting' && phase !== 'progressing')) return phase;
  return asksForSwitch(state) ? 'awaitingApproval' : 'progressing';
}

/** Whether a person is what it waits for. */
function asksForSwitch({ step, isPrepared, wish, plan, stage }: BlueGreenState): boolean {
  if (step !== 'waiting' || !isPrepared || wish !== null) return false;
  return plan.switchWhen === 'command' || hasSwitched({ stage });
}

function switchingTo({ wish, step, roles, sharePercent }: BlueGreenState): string | null {
  if (wish !== null) return wish.to;
  if (step !== 'applying' || roles === null) return null;
  return sharePercent === 0 ? roles.baseline : roles.candidate;
}

/** Why it stands where it stands, where neither a stop nor a pause nor a hold is why. */
function stepWords(state: BlueGreenState): string {
  const { roles, plan, wish } = state;
  const idle = roles?.candidate ?? 'the idle environment';
  if (state.alreadyServes !== undefined) return state.alreadyServes;
  if (state.outcome === 'promoted') return `${idle} serves everybody`;
  if (wish !== null) return `looking whether ${wish.to} may serve`;
  switch (state.step) {
    case 'preflight':
      return 'looking whether the service is fit for a rollout';
    case 'waiting':
      if (!state.isPrepared) return `preparing ${idle}`;
      if (hasSwitched(state)) return `switched back to ${roles?.baseline ?? ''}; ${idle} is idle`;
      return plan.switchWhen === 'healthy'
        ? `switching as soon as ${idle} is known to be healthy`
        : `waiting for the switch to ${idle}`;
    case 'applying':
      return `switching to ${switchingTo(state) ?? idle}`;
    case 'baking':
      return `${idle} serves everybody; ${roles?.baseline ?? 'the other'} stays up for the rollback window`;
    case 'judging':
      return `judging ${idle}`;
    case 'asking':
      return `waiting for approval to keep ${idle}`;
    case 'closing':
      return `confirming that ${idle} serves everybody`;
    case 'undoing':
    case 'ended':
      return state.outcome ?? 'undoing';
  }
}
