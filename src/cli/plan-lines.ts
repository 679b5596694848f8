import { boundOf, nameOf } from '../domain/analysis/kinds.js';
import { formatDuration } from '../domain/duration.js';
import { pathOf } from '../domain/health/health-plan.js';
import { policyWords } from '../domain/stages/rollback-policy.js';
import type { StagedTrafficPlan } from '../domain/staged-traffic/plan.js';

/** How a plan is guarded, and what follows when nothing is known, as a person would tell it. */
export function guardLines(plan: StagedTrafficPlan): string[] {
  const { analysis, health, monitoringIntervalMs } = plan;
  return [
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

function unknownWords({ onUnknown: { action, deadlineMs } }: StagedTrafficPlan): string {
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
