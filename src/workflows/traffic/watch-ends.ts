import type { WatchEnd, WatchInput } from '../../activities/contracts.js';
import { isHeldFor, undecidedBreach } from '../../domain/rollout/holds.js';
import type { StagedTrafficState } from '../../domain/staged-traffic/state.js';
import { isDecidedOtherwise, type GuardedView } from './guarded-view.js';
import type { TrafficRollout } from './traffic.js';

/** What a watch has found becomes an event. */
export function report(rollout: TrafficRollout, end: WatchEnd): void {
  if (end.kind === 'drift') rollout.dispatch({ type: 'drifted', reason: end.reason });
  else if (end.kind === 'proven') rollout.dispatch({ type: 'proven', reason: end.reason });
  else if (end.kind === 'breach') {
    const { reason, evidence, shared, undoneAtMs } = end;
    rollout.dispatch({ type: 'breached', reason, evidence, shared, undoneAtMs });
  }
}

/**
 * Whether it answers a question that nobody asks any more: the watch that has replaced it finds what there is. What a guard
 * has undone is undone whatever was decided meanwhile.
 */
export function isDecidedWithout(end: WatchEnd, view: GuardedView, state: StagedTrafficState): boolean {
  if (end.kind === 'breach' && end.undoneAtMs !== undefined) return false;
  return end.kind === 'blind' || isDecidedOtherwise(view, state);
}

/** What was found already, and is decided about by people or the plan. */
export function knownFrom(state: StagedTrafficState): WatchInput['known'] {
  return {
    drift: isHeldFor(state, 'drift'),
    sharedBreach: isHeldFor(state, 'sharedBreach'),
    ...(undecidedBreach(state) === undefined ? {} : { breach: true }),
  };
}

/** The same after one more watch has ended. */
export function alsoKnown(known: WatchInput['known'], end: WatchEnd): WatchInput['known'] {
  switch (end.kind) {
    case 'drift':
      return { ...known, drift: true };
    case 'breach':
      return end.shared ? { ...known, sharedBreach: true } : { ...known, breach: true };
    case 'proven':
    case 'outdated':
    case 'blind':
    case 'guarding':
    case 'takenOver':
      return known;
  }
}
