import { read } from '../reading/reader.js';
import { isObject } from '../reading/combinators.js';
import { readCanaryInput, type CanaryInput } from './canary-input.js';
import type { UndoRequest, UndoRules } from '../rollout/kinds.js';
import { problemsOfPlan } from '../staged-traffic/plan-rules.js';
import { BASELINE_MEMO } from '../traffic/serving/memo.js';
import { readSlotVersion } from '../traffic/serving/serves.js';
import { undoPlan } from './undo-plan.js';
import { isStagedTraffic } from '../staged-traffic/is-staged-traffic.js';

/** A canary is undone by a rollout of its own, that goes the other way. */
export const canaryUndo: UndoRules = {
  isUndo: (status, input) =>
    (isStagedTraffic(status) && status.undo !== undefined) || (isObject(input) && input.undo !== undefined),
  goesTo(status, memo, to) {
    if (!isStagedTraffic(status)) return false;
    // Without a worker only the memo tells what served when it began: there are two backends.
    const baseline = status.roles?.baseline ?? readSlotVersion(memo?.[BASELINE_MEMO])?.slot;
    return baseline === undefined ? status.undo?.to === to : baseline !== to;
  },
  hasMoved: (memo) => readSlotVersion(memo?.[BASELINE_MEMO]) !== null,
  canGuard(given) {
    const input = inputIn(given);
    // One that went at once has guarded nothing itself.
    if (input === null || input.undo?.now === true) return false;
    return problemsOfPlan(undoPlan(input.plan.service, input.plan, false)).length === 0;
  },
  inputOf: (service, { to, now = false, reason, by }: UndoRequest, guardedBy): CanaryInput => ({
    plan: undoPlan(service, inputIn(guardedBy)?.plan ?? null, now),
    undo: { ...(to === undefined ? {} : { to }), now, ...(reason === undefined ? {} : { reason }) },
    ...(by === undefined ? {} : { requestedBy: by }),
  }),
};

function inputIn(given: unknown): CanaryInput | null {
  const { value, problems } = read(readCanaryInput, given);
  return problems.length > 0 ? null : (value ?? null);
}
