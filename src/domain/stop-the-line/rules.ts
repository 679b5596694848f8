import type { RolloutRules } from '../rollout/rules.js';
import { commonAttributesOf } from '../search-attributes.js';
import { LINE_VERBS, readLineCommand } from './commands.js';
import { freezeMemo, STOP_THE_LINE } from './freeze.js';
import { beginLine, reduceLine, refusalOfLine, type LineEvent } from './reduce.js';
import type { LineState } from './state.js';
import { freezeOf, statusOfLine } from './status.js';

/** It has no plan: it ends when the last stop is released. */
export const LINE_RULES: RolloutRules<null, LineState, LineEvent> = {
  begin: beginLine,
  reduce: reduceLine,
  nextDueMs: () => null,
  verbs: LINE_VERBS,
  readCommand: (_, input) => readLineCommand(input),
  refusalOf: (state, verb, input) => refusalOfLine(state, verb, readLineCommand(input)),
  statusOf: statusOfLine,
  shownOf: (state, nowMs) => ({
    attributes: commonAttributesOf(statusOfLine(state, nowMs), STOP_THE_LINE),
    memo: freezeMemo(freezeOf(state)),
  }),
};
