import type { ApprovalDemand } from './commands.js';
import type { ApprovalPlan, StagePlan } from './plan.js';

const FOR_EVER: ApprovalPlan = { timeoutMs: null, onTimeout: 'hold' };

/** The stages with approvals where they are demanded; an approval that a stage has already is kept as it is. */
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
