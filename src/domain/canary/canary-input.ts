import { formatCounted } from '../analysis/format.js';
import type { Problem } from '../errors.js';
import { flag, line, object, optional, text } from '../reading/combinators.js';
import { quoted } from '../reading/problems.js';
import { LONGEST } from '../rollout/bounds.js';
import type { CanaryPlan } from './plan.js';
import { trafficInputFields, type TrafficInput } from '../staged-traffic/input.js';
import { readPlan } from '../staged-traffic/plan-rules.js';
import type { UndoWish } from '../traffic/serving/undo-wish.js';
import type { CanaryState } from './state.js';

/** What starts `canaryRollout`. */
export interface CanaryInput extends TrafficInput<CanaryPlan, CanaryState> {
  /** Go back to what served before; the plan has one stage of 100 %, and no version. */
  readonly undo?: UndoWish;
}

const readUndoWish = object<UndoWish>({
  to: optional(text({ max: LONGEST.slot, cuts: false })),
  now: optional(flag),
  reason: optional(line({ max: LONGEST.reason })),
});

/** Reads what starts a rollout, which may be anything: people also start workflows from raw JSON. */
export const readCanaryInput = object<CanaryInput>(
  { ...trafficInputFields(readPlan), undo: optional(readUndoWish) },
  { rules: [{ about: ['plan', 'undo'], problems: problemsOfUndo }] },
);

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
