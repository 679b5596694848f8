import { formatPercent } from '../percent.js';
import type { RolloutStatus } from '../staged-traffic/status.js';
import { trafficStatusOf } from '../staged-traffic/status-of.js';
import type { CanaryState } from './state.js';

/** A canary's state as people see it. */
export function statusOf(state: CanaryState, nowMs: number): RolloutStatus {
  return trafficStatusOf(state, { reason: stepWords(state), asks: state.step === 'asking' }, nowMs);
}

/** Why it stands where it stands, where neither a stop nor a pause nor a hold is why. */
function stepWords(state: CanaryState): string {
  const candidate = state.roles?.candidate ?? 'the candidate';
  if (state.alreadyServes !== undefined) return state.alreadyServes;
  if (state.outcome === 'promoted') return `every stage passed; ${candidate} serves everybody`;
  switch (state.step) {
    case 'preflight':
      return 'looking whether the service is fit for a rollout';
    case 'waiting':
      return 'waiting to begin';
    case 'applying':
      return `setting ${formatPercent(state.sharePercent)}`;
    case 'baking':
      return `baking at ${formatPercent(state.sharePercent)}`;
    case 'judging':
      return `judging the stage at ${formatPercent(state.sharePercent)}`;
    case 'asking':
      return `waiting for approval to leave ${formatPercent(state.sharePercent)}`;
    case 'closing':
      return `confirming that ${candidate} serves everybody`;
    case 'undoing':
    case 'ended':
      return state.outcome ?? 'undoing';
  }
}
