import { BLUE_GREEN } from '../search-attributes.js';
import type { StagedTrafficRules } from '../staged-traffic/rules.js';
import { shownOfTraffic } from '../staged-traffic/shown.js';
import { nextDueMs } from '../stages/reducer/proceed.js';
import { SERVES_MEMO } from '../traffic/serving/memo.js';
import { BLUE_GREEN_VERBS } from './commands.js';
import { readCommand, refusalOfInput, verbNamed } from './read-command.js';
import { reduce, type SwitchEvent } from './reduce.js';
import { refusalOf } from './refusal.js';
import { servesAfterRetirement } from './retirement.js';
import { beginBlueGreen, type BlueGreenState } from './state.js';
import { statusOf } from './status-of.js';

/** A service's traffic is switched between two environments, back and forth until one of them stays. */
export const BLUE_GREEN_RULES = {
  begin: beginBlueGreen,
  reduce,
  nextDueMs: (state) => (state.wish === null ? nextDueMs(state) : null),
  verbs: BLUE_GREEN_VERBS,
  readCommand: (verb, input) => readCommand(verbNamed(verb), input),
  refusalOf: (state, name, input) => {
    const verb = verbNamed(name);
    return refusalOfInput(verb, input) ?? refusalOf(state, verb, readCommand(verb, input));
  },
  statusOf,
  shownOf: (state, nowMs) => {
    const { attributes, memo } = shownOfTraffic(state, statusOf(state, nowMs), BLUE_GREEN);
    return { attributes, memo: { ...memo, [SERVES_MEMO]: servesAfterRetirement(state) } };
  },
  answerOf: ({ stage }) => ({ currentStage: stage }),
} satisfies StagedTrafficRules<BlueGreenState, SwitchEvent>;
