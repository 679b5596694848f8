import { boundOf, nameOf } from '../../domain/analysis/kinds.js';
import { formatDuration } from '../../domain/duration.js';
import { formatPercent } from '../../domain/percent.js';
import { policyWords } from '../../domain/stages/rollback-policy.js';
import type { CanaryPlan } from '../../domain/canary/plan.js';
import { pathOf } from '../../domain/health/health-plan.js';
import type { StagePlan } from '../../domain/stages/plan.js';
import type { TextView } from '../result.js';
import { padEnd, padStart } from '../../presentation/width.js';

/** What a plan would do, as a person would tell it. */
export function planLines(plan: CanaryPlan, { paint }: TextView): string[] {
  const { stages, analysis, health, service, version, monitoringIntervalMs } = plan;
  const until100Ms = stages.slice(0, -1).reduce((sum, { durationMs }) => sum + durationMs, 0);
  const version_ = version === undefined ? '' : ` ${version}`;
  return [
    `${paint.strong(service)}  canary${version_}  would reach 100 % after ${formatDuration(until100Ms)}`,
    ...stages.map((stage, index) => stageLine(stage, index, stages.length)),
    `checked every ${formatDuration(monitoringIntervalMs)}:`,
    ...analysis.checks.map((check) => `  ${nameOf(check)} ${boundOf(check)}`),
    ...(health === undefined
      ? []
      : [`  probes ${health.endpoints.map(pathOf).join(', ')} every ${formatDuration(health.intervalMs)}`]),
    ...(plan.rollbackPolicy === undefined ? [] : [`goes back: ${policyWords(plan.rollbackPolicy)}`]),
    ...(plan.autoRollback === false ? ['what fails: holds and calls a person, nothing rolls back by itself'] : []),
    `unknown: ${unknownWords(plan)}`,
    `drift: ${plan.onDrift === 'hold' ? 'holds and calls a person' : 'aborts'}`,
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

function unknownWords({ onUnknown: { action, deadlineMs } }: CanaryPlan): string {
  const after = `after ${formatDuration(deadlineMs)}`;
  switch (action) {
    case 'hold':
      return `holds, and calls a person ${after}`;
    case 'abort':
      return `holds, and aborts ${after}`;
    case 'continue':
      return `holds, and goes on ${after}`;
  }
}
