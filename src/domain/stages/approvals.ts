import type { Problem } from '../errors.js';
import type { ApprovalDemand } from './commands.js';
import type { ApprovalPlan, StagePlan, StagesPlan } from './plan.js';

const FOR_EVER: ApprovalPlan = { timeoutMs: null, onTimeout: 'hold' };

/**
 * The stages with approvals exactly where they are demanded. Where a stage has one already, its timeout and what
 * silence means are kept.
 */
export function withApprovals(stages: readonly StagePlan[], demand: ApprovalDemand): StagePlan[] {
  return stages.map(({ approval, ...stage }, index) => {
    const demanded = isDemanded(demand, index + 1, stages.length);
    return demanded ? { ...stage, approval: approval ?? FOR_EVER } : stage;
  });
}

/**
 * Whether a person is asked before stage `number` is left: where the plan wants it, or nothing goes on by itself. The last
 * stage is left by ending.
 */
export function asksBeforeLeaving(
  { stages, autoProgression }: Pick<StagesPlan, 'stages' | 'autoProgression'>,
  number: number,
): boolean {
  return number < stages.length && (stages[number - 1]?.approval !== undefined || !autoProgression);
}

/** What is wrong with a demand on so many stages; each path begins with its name on every surface. */
export function problemsOfDemand(demand: ApprovalDemand, stageCount: number): Problem[] {
  if (typeof demand !== 'object') return [];
  return demand.flatMap((stage, index) =>
    Number.isInteger(stage) && stage >= 1 && stage < stageCount
      ? []
      : [
          {
            rule: 'approval.stage',
            path: `requireManualApproval[${String(index)}]`,
            message: 'Approval is asked for before a stage is left, and the last stage is not left',
            expected:
              stageCount > 1 ? `a stage from 1 to ${String(stageCount - 1)}` : 'no stage: the plan has only one',
            got: String(stage),
          },
        ],
  );
}

/** The last stage is left by ending: nobody is asked for that. */
function isDemanded(demand: ApprovalDemand, stage: number, stageCount: number): boolean {
  if (stage === stageCount || demand === false) return false;
  if (demand === true) return stage === stageCount - 1;
  return demand === 'every-stage' || demand.includes(stage);
}
