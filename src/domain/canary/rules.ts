import { CANARY } from '../search-attributes.js';
import { VERB_DESCRIPTIONS, VERBS, type Verb } from '../stages/commands.js';
import { readCommand } from '../stages/read-command.js';
import { nextDueMs } from '../stages/reducer/proceed.js';
import { refusalOf, refusalOfInput } from '../stages/refusal.js';
import type { StagedTrafficRules } from '../staged-traffic/rules.js';
import { shownOfTraffic } from '../staged-traffic/shown.js';
import { reduce } from './reduce.js';
import { beginCanary } from './state.js';
import { statusOf } from './status-of.js';

/** A service's traffic moves to a candidate, stage by stage. */
export const CANARY_RULES: StagedTrafficRules = {
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
  shownOf: (state, nowMs) => shownOfTraffic(state, statusOf(state, nowMs), CANARY),
  answerOf: ({ stage }) => ({ currentStage: stage }),
};

/** Handlers are registered under these names only. */
function verbNamed(name: string): Verb {
  const verb = VERBS.find((one) => one === name);
  if (verb === undefined) throw new Error(`nobody knows the verb ${name}`);
  return verb;
}
