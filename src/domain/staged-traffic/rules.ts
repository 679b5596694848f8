import type { AnyEvent } from '../rollout/events.js';
import type { RolloutRules } from '../rollout/rules.js';
import type { StagedTrafficEvent } from './events.js';
import type { StagedTrafficState } from './state.js';
import type { RolloutStatus } from './status.js';

/** A kind that moves a service's traffic in stages; `Own` are the events that only it knows. */
export interface StagedTrafficRules<
  State extends StagedTrafficState = StagedTrafficState,
  Own extends AnyEvent = never,
> extends RolloutRules<State['plan'], State, StagedTrafficEvent | Own> {
  statusOf(state: State, nowMs: number): RolloutStatus;
}
