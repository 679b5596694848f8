import { flag, isObject, line, number, optional, text, type Fields } from '../reading/combinators.js';
import type { Reader } from '../reading/reader.js';
import { HISTORY_LIMIT, LONGEST } from '../rollout/bounds.js';
import { nothingCarried } from '../rollout/continuation.js';

/** What starts a rollout that moves a service's traffic. Plain data, no secrets. */
export interface TrafficInput<Plan, State> {
  readonly plan: Plan;
  /** Who asked for it, as they claim. At most 1,000 characters. */
  readonly requestedBy?: string;
  /** The CI run's id: the same one attaches instead of starting again. At most 200 characters. */
  readonly requestId?: string;
  /** Roll the version out also where it serves everybody already. */
  readonly again?: boolean;
  /** Continue-as-new threshold in history events, 20 to 40,000. @default 4,000 */
  readonly historyLimit?: number;
  /** Set by the workflow itself when it continues as new. */
  readonly carried?: State;
}

/** How it is read, whatever the kind of the plan. */
export function trafficInputFields<Plan, State>(readPlan: Reader<Plan>): Fields<TrafficInput<Plan, State>> {
  return {
    // The paths of a plan are told as everywhere else: from the plan on.
    plan: (given, path, notes) => readPlan(given, isObject(given) ? '' : path, notes),
    requestedBy: optional(line({ max: LONGEST.requestedBy })),
    requestId: optional(text({ max: LONGEST.requestId })),
    again: optional(flag),
    historyLimit: optional(number({ min: HISTORY_LIMIT.least, max: HISTORY_LIMIT.most, integer: true })),
    carried: nothingCarried,
  };
}
