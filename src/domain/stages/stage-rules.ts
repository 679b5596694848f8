import type { Problem } from '../errors.js';
import { PARTS_PER_WHOLE, toParts } from '../percent.js';
import { problemsOfTime } from '../time-rules.js';
import type { StagePlan } from './plan.js';

/** Everything that is wrong with the stages of a plan. */
export function problemsOfStages(stages: readonly StagePlan[]): Problem[] {
  if (stages.length === 0) {
    return [
      {
        rule: 'stages.some',
        path: 'stages',
        message: 'A rollout needs at least one stage',
        expected: 'a list that ends at 100 %',
        got: 'an empty list',
      },
    ];
  }
  return [
    ...stages.flatMap((stage, index) => problemsOfStage(stage, index, stages)),
    ...problemsOfEnd(stages),
    ...problemsOfLastApproval(stages),
  ];
}

function problemsOfStage(stage: StagePlan, index: number, stages: readonly StagePlan[]): Problem[] {
  const path = `stages[${index}]`;
  const problems: Problem[] = [];
  const percent = stage.trafficPercent;
  if (!Number.isFinite(percent) || percent <= 0 || percent > 100 || isNearlyNoneOrAll(percent)) {
    problems.push({
      rule: 'stages.range',
      path: `${path}.trafficPercent`,
      message: 'This cannot be a share of traffic',
      expected:
        percent > 99 && percent < 100 ? 'at most 99.999 %, or 100 %' : 'above 0 % (at least 0.001 %) and at most 100 %',
      got: `${String(percent)} %`,
    });
  }
  const before = stages[index - 1];
  if (before !== undefined && before.trafficPercent <= 100 && !(percent > before.trafficPercent)) {
    problems.push({
      rule: 'stages.rise',
      path: `${path}.trafficPercent`,
      message: 'Shares must rise from stage to stage',
      expected: `more than ${String(before.trafficPercent)} %`,
      got: `${String(percent)} %`,
    });
  }
  problems.push(...problemsOfTime(`${path}.durationMs`, stage.durationMs));
  if (stage.approval !== undefined && stage.approval.timeoutMs !== null) {
    problems.push(...problemsOfTime(`${path}.approval.timeoutMs`, stage.approval.timeoutMs));
  }
  return problems;
}

/** It would be set as 0 % or as 100 %, whatever the stages around it say. */
function isNearlyNoneOrAll(percent: number): boolean {
  const parts = toParts(percent);
  return parts === 0 || (parts === PARTS_PER_WHOLE && percent !== 100);
}

function problemsOfEnd(stages: readonly StagePlan[]): Problem[] {
  const last = stages.at(-1);
  if (last === undefined || last.trafficPercent >= 100) return [];
  return [
    {
      rule: 'stages.end',
      path: `stages[${stages.length - 1}].trafficPercent`,
      message: 'The plan stops short of full traffic',
      expected: '100 % in the last stage',
      got: `${String(last.trafficPercent)} %`,
      remedy: 'Add a stage at 100 %, or say holdAtEnd: true to wait there for a person',
    },
  ];
}

function problemsOfLastApproval(stages: readonly StagePlan[]): Problem[] {
  const last = stages.at(-1);
  if (last?.approval === undefined || last.trafficPercent < 100) return [];
  return [
    {
      rule: 'approval.last',
      path: `stages[${stages.length - 1}].approval`,
      message: 'Approval is asked for before a stage is left, and the last stage is not left',
      expected: 'approval in an earlier stage',
      got: 'approval in the last one',
      remedy: 'Ask before everybody gets it: move the approval one stage up',
    },
  ];
}
