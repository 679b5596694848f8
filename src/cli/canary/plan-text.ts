import { formatDuration } from '../../domain/duration.js';
import { formatPercent } from '../../domain/percent.js';
import type { CanaryPlan } from '../../domain/canary/plan.js';
import type { StagePlan } from '../../domain/stages/plan.js';
import { guardLines } from '../plan-lines.js';
import type { TextView } from '../result.js';
import { padEnd, padStart } from '../../presentation/width.js';

/** What a plan would do, as a person would tell it. */
export function planLines(plan: CanaryPlan, { paint }: TextView): string[] {
  const { stages, service, version } = plan;
  const until100Ms = stages.slice(0, -1).reduce((sum, { durationMs }) => sum + durationMs, 0);
  const version_ = version === undefined ? '' : ` ${version}`;
  return [
    `${paint.strong(service)}  canary${version_}  would reach 100 % after ${formatDuration(until100Ms)}`,
    ...stages.map((stage, index) => stageLine(stage, index, stages.length)),
    ...guardLines(plan),
  ];
}

function stageLine(stage: StagePlan, index: number, count: number): string {
  const { trafficPercent, durationMs, approval } = stage;
  const isLast = index === count - 1;
  const asked =
    approval === undefined
      ? ''
      : approval.timeoutMs === null
        ? ', then waits for approval'
        : `, then waits for approval (${formatDuration(approval.timeoutMs)}, then ${approval.onTimeout})`;
  const tail = isLast ? ', the rollback window' : asked;
  return `  ${padEnd(String(index + 1), 2)} ${padStart(formatPercent(trafficPercent), 7)}  for ${formatDuration(durationMs)}${proofWords(stage)}${tail}`;
}

function proofWords({ advanceOnEvidence, minDurationMs = 0, maxDurationMs }: StagePlan): string {
  const early =
    minDurationMs > 0
      ? `, or from ${formatDuration(minDurationMs)} on as soon as health is proven`
      : ', or until health is proven';
  return `${advanceOnEvidence === true ? early : ''}${maxDurationMs === undefined ? '' : `, ${formatDuration(maxDurationMs)} at most while unknown`}`;
}
