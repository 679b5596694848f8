import { spellDuration } from '../../duration.js';
import { withApprovals } from '../approvals.js';
import type { ConfigureCommand } from '../commands.js';
import type { StagePlan } from '../plan.js';
import type { StagesState } from '../state.js';
import { onOff } from './policy.js';

export function configure<S extends StagesState>(state: S, changes: ConfigureCommand): S {
  const { autoProgression = state.plan.autoProgression, monitoringInterval } = changes;
  return {
    ...state,
    plan: { ...state.plan, stages: stagesAfter(state, changes), autoProgression },
    monitoringIntervalMs: monitoringInterval === undefined ? state.monitoringIntervalMs : monitoringInterval * 1000,
  };
}

/** What was, and what is from now on: `Approvals: stage 2 → none`. */
export function configuredWords(state: StagesState, changes: ConfigureCommand): readonly string[] {
  const { autoProgression, monitoringInterval, requireManualApproval } = changes;
  return [
    ...(autoProgression === undefined
      ? []
      : [`Auto-progression: ${onOff(state.plan.autoProgression)} → ${onOff(autoProgression)}`]),
    ...(monitoringInterval === undefined
      ? []
      : [
          `Monitoring interval: ${spellDuration(state.monitoringIntervalMs)} → ${spellDuration(monitoringInterval * 1000)}`,
        ]),
    ...(requireManualApproval === undefined
      ? []
      : [`Approvals: ${approvalWords(state.plan.stages)} → ${approvalWords(stagesAfter(state, changes))}`]),
  ];
}

function stagesAfter({ plan }: StagesState, { requireManualApproval }: ConfigureCommand): readonly StagePlan[] {
  return requireManualApproval === undefined ? plan.stages : withApprovals(plan.stages, requireManualApproval);
}

function approvalWords(stages: readonly StagePlan[]): string {
  const numbers = stages.flatMap(({ approval }, index) => (approval === undefined ? [] : [String(index + 1)]));
  if (numbers.length === 0) return 'none';
  return `${numbers.length === 1 ? 'stage' : 'stages'} ${numbers.join(', ')}`;
}
