import { bounded } from '../rollout/bounded.js';
import type { StagedTrafficEvent } from '../staged-traffic/events.js';
import { reduceStagedTraffic, type TrafficRules } from '../staged-traffic/reduce.js';
import { advance, enterStage } from '../stages/reducer/stages.js';
import { updateStage } from '../stages/stage-record.js';
import type { CanaryState } from './state.js';
import { undoneAtOnce } from './undo-plan.js';

/** Everything that can happen to a canary. */
export type CanaryEvent = StagedTrafficEvent;

/** The rules of a canary. Pure: the same events in the same order give the same state. */
export function reduce(state: CanaryState, arrived: CanaryEvent): CanaryState {
  return reduceStagedTraffic(state, bounded(arrived), RULES);
}

const RULES: TrafficRules<CanaryState> = {
  begin: (state) => enterStage(state, 1),
  planFrom: (plan, { atOnce }) => (atOnce === true ? undoneAtOnce(plan) : plan),
  // An undo at once is not guarded: with its weights it has ended.
  applied: (state, before, atMs) => {
    const hasBegun = before.step === 'applying' && state.step === 'baking';
    return hasBegun && state.undo?.now === true
      ? advance(updateStage(state, { conclusion: 'at once, unguarded' }), atMs)
      : state;
  },
};
