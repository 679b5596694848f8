import { guardedPlan } from '../stages/guarded-plan.js';
import type { WatchPicture } from '../traffic/picture.js';
import type { StagedTrafficState } from './state.js';
import { messageOfWarning, type PassingWarning, type Warning } from '../rollout/warnings.js';

/** What is worth saying as the rollout stands; what the watch may show to be over comes last. */
export function warningsOf(state: StagedTrafficState): readonly string[] {
  const lasting = state.warnings.filter((warning) => !hasPassed(state, warning) && !mayPass(state, warning));
  return [...lasting, ...passingOf(state)].map(messageOfWarning);
}

/** Those of it that the watch may show to be over. */
export function passingOf(state: StagedTrafficState): readonly PassingWarning[] {
  return state.warnings.filter((warning) => mayPass(state, warning));
}

function mayPass(state: StagedTrafficState, warning: Warning): warning is PassingWarning {
  return typeof warning !== 'string' && warning.code === 'noTraffic' && !hasPassed(state, warning);
}

/** Whether what the watch saw ends the warning. */
export function isOverBy({ code }: PassingWarning, { candidateRequests, checks }: WatchPicture): boolean {
  return code === 'noTraffic' && (candidateRequests > 0 || checks.some(hasRequests));
}

function hasRequests(check: WatchPicture['checks'][number]): boolean {
  return check.baselineRequests > 0 || check.candidateRequests > 0;
}

function hasPassed(state: StagedTrafficState, warning: Warning): boolean {
  if (typeof warning === 'string') return false;
  switch (warning.code) {
    case 'noTraffic':
      // A stage has been left since, so there were requests, or somebody has decided without.
      return state.stage > 1 || state.outcome !== null;
    case 'noChecks':
      return guardedPlan(state.plan).analysis.checks.length > 0;
    case 'shortInterval':
      return state.monitoringIntervalMs >= (warning.leastMs ?? Infinity);
  }
}
