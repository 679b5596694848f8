import type { Check } from '../../domain/analysis/plan.js';
import { isCountedMetric } from '../../domain/analysis/plan.js';
import { formatValue, type ValueUnit } from '../../domain/analysis/format.js';
import { formatPercent } from '../../domain/percent.js';
import { policyWords } from '../../domain/stages/rollback-policy.js';
import type { CanaryPlan } from '../../domain/canary/plan.js';
import type { StagePlan } from '../../domain/stages/plan.js';
import type { TextView } from '../result.js';
import { durationWords } from './time-words.js';
import { padEnd, padStart } from './width.js';

/** What a plan would do, as a person would tell it. */
export function planLines(plan: CanaryPlan, { paint }: TextView): string[] {
  const { stages, analysis, health, service, version, monitoringIntervalMs } = plan;
  const until100Ms = stages.slice(0, -1).reduce((sum, { durationMs }) => sum + durationMs, 0);
  const version_ = version === undefined ? '' : ` ${version}`;
  return [
    `${paint.strong(service)}  canary${version_}  would reach 100 % after ${durationWords(until100Ms)}`,
    ...stages.map((stage, index) => stageLine(stage, index, stages.length)),
    `checked every ${durationWords(monitoringIntervalMs)}:`,
    ...analysis.checks.map((check) => `  ${checkWords(check)}`),
    ...(health === undefined
      ? []
      : [`  probes ${health.endpoints.join(', ')} every ${durationWords(health.intervalMs)}`]),
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
        : `, then waits for approval (${durationWords(approval.timeoutMs)}, then ${approval.onTimeout})`;
  const tail = isLast ? ', the rollback window' : asked;
  return `  ${padEnd(String(index + 1), 2)} ${padStart(formatPercent(trafficPercent), 7)}  for ${durationWords(durationMs)}${proofWords(stage)}${tail}`;
}

function proofWords({ advanceOnEvidence, minDurationMs = 0, maxDurationMs }: StagePlan): string {
  const early =
    minDurationMs > 0
      ? `, or from ${durationWords(minDurationMs)} on as soon as health is proven`
      : ', or until health is proven';
  return `${advanceOnEvidence === true ? early : ''}${maxDurationMs === undefined ? '' : `, ${durationWords(maxDurationMs)} at most while unknown`}`;
}

function checkWords(check: Check): string {
  const name = check.kind === 'custom' ? check.name : check.metric;
  if (check.kind === 'baseline')
    return `${name} at most ${formatValue(check.maxIncrease, 'fraction')} above the baseline`;
  const unit = unitOf(name);
  const bounds = [
    check.min === undefined ? '' : `min ${formatValue(check.min, unit)}`,
    check.max === undefined ? '' : `max ${formatValue(check.max, unit)}`,
  ];
  return `${name} ${bounds.filter((bound) => bound !== '').join(', ')}`;
}

function unitOf(metric: string): ValueUnit {
  if (!isCountedMetric(metric)) return 'number';
  if (metric === 'requestRate') return 'perSecond';
  return metric.startsWith('latency') ? 'ms' : 'fraction';
}

function unknownWords({ onUnknown: { action, deadlineMs } }: CanaryPlan): string {
  const after = `after ${durationWords(deadlineMs)}`;
  switch (action) {
    case 'hold':
      return `holds, and calls a person ${after}`;
    case 'abort':
      return `holds, and aborts ${after}`;
    case 'continue':
      return `holds, and goes on ${after}`;
  }
}
