import { NO_FENCE } from '../traffic/fence.js';
import type { StagedTrafficState } from './state.js';
import { allToBaseline, splitBetween, type Weights } from '../traffic/weights.js';
import type { KnownVersions, Serves, SlotVersion } from '../traffic/serving/serves.js';

const NOTHING_KNOWN: KnownVersions = { baseline: null, candidate: null, record: null };

/** What a rollout leaves at its end; `null` where that is not known, or it has not ended. */
export function servesAtEnd(state: StagedTrafficState): Serves | null {
  const { roles, known = NOTHING_KNOWN, outcome } = state;
  if (outcome === null) return null;
  if (state.stage === 0 || roles === null) return unmoved(state);
  const candidate = state.plan.version ?? known.candidate;
  return outcome === 'promoted'
    ? {
        ...left(state, state.fences[0] ?? NO_FENCE, splitBetween(roles, state.sharePercent)),
        slot: roles.candidate,
        version: candidate,
        before: { slot: roles.baseline, version: known.baseline },
        idle: null,
      }
    : {
        ...left(state, Math.max(NO_FENCE, ...state.fences), allToBaseline(roles)),
        slot: roles.baseline,
        version: known.baseline,
        // An undo that was stopped has brought nothing to its target: that can be gone back to as before.
        before: state.undo === undefined ? null : { slot: roles.candidate, version: candidate },
        idle: state.undo === undefined ? candidate : null,
      };
}

/** Nothing was written, so what was still holds; but somebody may have deployed what was to be rolled out. */
function unmoved({ known = NOTHING_KNOWN, plan, outcome, undo }: StagedTrafficState): Serves | null {
  const { record } = known;
  if (record === null || outcome === 'promoted' || undo !== undefined) return record;
  return { ...record, idle: known.candidate ?? plan.version ?? record.idle };
}

function left(state: StagedTrafficState, fence: number, weights: Weights) {
  return { rolloutId: state.id, at: new Date(state.endedAtMs ?? state.request.atMs).toISOString(), fence, weights };
}

/** The baseline of a rollout, for whoever finds that its workflow was terminated. */
export function baselineOf({ roles, known = NOTHING_KNOWN }: StagedTrafficState): SlotVersion | null {
  return roles === null ? null : { slot: roles.baseline, version: known.baseline };
}
