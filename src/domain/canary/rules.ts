import type { RolloutRules } from '../rollout/rules.js';
import { CANARY, commonAttributesOf } from '../search-attributes.js';
import { VERB_DESCRIPTIONS, VERBS, type Verb } from '../stages/commands.js';
import { readCommand } from '../stages/read-command.js';
import { nextDueMs } from '../stages/reducer/proceed.js';
import { refusalOf, refusalOfInput } from '../stages/refusal.js';
import { BASELINE_MEMO, SERVES_MEMO } from '../traffic/serving/memo.js';
import { baselineOf, servesAtEnd } from './left-behind.js';
import type { CanaryPlan } from './plan.js';
import { reduce, type CanaryEvent } from './reduce.js';
import { beginCanary, type CanaryState } from './state.js';
import { statusOf } from './status-of.js';

/** A service's traffic moves to a candidate, stage by stage. */
export const CANARY_RULES: RolloutRules<CanaryPlan, CanaryState, CanaryEvent> = {
  begin: beginCanary,
  reduce,
  nextDueMs,
  verbs: VERB_DESCRIPTIONS,
  readCommand: (verb, input) => readCommand(verbNamed(verb), input),
  refusalOf: (state, name, input) => {
    const verb = verbNamed(name);
    return refusalOfInput(verb, input) ?? refusalOf(state, verb, readCommand(verb, input));
  },
  statusOf,
  shownOf: (state, nowMs) => {
    const status = statusOf(state, nowMs);
    return {
      attributes: {
        ...commonAttributesOf(status, CANARY),
        HeadgateVerdict: status.verdict ?? 'none',
        HeadgateStage: status.currentStage,
        HeadgateTrafficPercent: status.trafficPercentage,
      },
      // What served before has to be known also of a rollout that somebody terminates.
      memo: { [BASELINE_MEMO]: state.stage === 0 ? null : baselineOf(state), [SERVES_MEMO]: servesAtEnd(state) },
    };
  },
  answerOf: ({ stage }) => ({ currentStage: stage }),
};

/** Handlers are registered under these names only. */
function verbNamed(name: string): Verb {
  const verb = VERBS.find((one) => one === name);
  if (verb === undefined) throw new Error(`nobody knows the verb ${name}`);
  return verb;
}
