import { formatCounted } from '../analysis/format.js';
import type { Problem } from '../errors.js';
import { flag, isObject, line, number, object, optional, text, type Fields } from '../reading/combinators.js';
import { quoted } from '../reading/problems.js';
import type { Reader } from '../reading/reader.js';
import { nothingCarried } from '../rollout/continuation.js';
import { HISTORY_LIMIT, LONGEST } from '../rollout/bounds.js';
import type { CanaryPlan } from './plan.js';
import { readPlan } from '../staged-traffic/plan-rules.js';
import type { UndoWish } from '../traffic/serving/undo-wish.js';
import type { CanaryState } from './state.js';

/** What starts `canaryRollout`. Plain data, no secrets. */
export interface CanaryInput {
  readonly plan: CanaryPlan;
  /** Who asked for it, as they claim. At most 1,000 characters. */
  readonly requestedBy?: string;
  /** The CI run's id: the same one attaches instead of starting again. At most 200 characters. */
  readonly requestId?: string;
  /** Roll the version out also where it serves everybody already. */
  readonly again?: boolean;
  /** Go back to what served before; the plan has one stage of 100 %, and no version. */
  readonly undo?: UndoWish;
  /** Continue-as-new threshold in history events, 20 to 40,000. @default 4,000 */
  readonly historyLimit?: number;
  /** Set by the workflow itself when it continues as new. */
  readonly carried?: CanaryState;
}

/** The paths of a plan are told as everywhere else: from the plan on. */
const planAtRoot: Reader<CanaryPlan> = (given, path, notes) => readPlan(given, isObject(given) ? '' : path, notes);

const readUndoWish = object<UndoWish>({
  to: optional(text({ max: LONGEST.slot, cuts: false })),
  now: optional(flag),
  reason: optional(line({ max: LONGEST.reason })),
});

const FIELDS: Fields<CanaryInput> = {
  plan: planAtRoot,
  requestedBy: optional(line({ max: LONGEST.requestedBy })),
  requestId: optional(text({ max: LONGEST.requestId })),
  again: optional(flag),
  undo: optional(readUndoWish),
  historyLimit: optional(number({ min: HISTORY_LIMIT.least, max: HISTORY_LIMIT.most, integer: true })),
  carried: nothingCarried,
};

/** Reads what starts a rollout, which may be anything: people also start workflows from raw JSON. */
export const readCanaryInput = object<CanaryInput>(FIELDS, {
  rules: [{ about: ['plan', 'undo'], problems: problemsOfUndo }],
});

/** An undo is in every tier and asks for no version: with any other plan it would be a canary that passes both. */
function problemsOfUndo({ plan, undo, again }: CanaryInput): Problem[] {
  if (undo === undefined) return [];
  const { stages, version, adopt } = plan;
  const besideUndo = (path: string, got: string): Problem => ({
    rule: 'undo.alone',
    path,
    message: 'An undo brings back what served before',
    expected: `no ${path} beside undo`,
    got,
    remedy: 'Leave it out, or leave undo out',
  });
  return [
    ...(stages.length === 1
      ? []
      : [
          {
            rule: 'undo.stages',
            path: 'stages',
            message: 'An undo goes back in one stage',
            expected: 'one stage of 100 %',
            got: formatCounted(stages.length, 'stage'),
            remedy: 'Leave the other stages out, or leave undo out',
          },
        ]),
    ...(version === undefined ? [] : [besideUndo('version', quoted(version))]),
    ...(adopt === undefined ? [] : [besideUndo('adopt', quoted(adopt))]),
    ...(again === true ? [besideUndo('again', 'true')] : []),
  ];
}
