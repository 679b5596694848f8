import type { ApprovalDemand } from './commands.js';
import type { ApprovalPlan, StagePlan } from './plan.js';

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

/** The last stage is left by ending: nobody is asked for that. */
function isDemanded(demand: ApprovalDemand, stage: number, stageCount: number): boolean {
  if (stage === stageCount || demand === false) return false;
  if (demand === true) return stage === stageCount - 1;
  return demand === 'every-stage' || demand.includes(stage);
}
