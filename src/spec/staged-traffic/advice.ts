import { spellDuration } from '../../domain/duration.js';
import { formatPercent } from '../../domain/percent.js';
import type { PlainPlan } from '../../domain/staged-traffic/plan-fields.js';
import { LARGE_FIRST_SHARE_PERCENT, LARGE_STEP, SHORT_INTERVAL_MS } from '../defaults.js';

/** What experience would do otherwise. Advice never refuses a plan. */
export function adviseOnPlan(plan: PlainPlan): string[] {
  return [...onFirstShare(plan), ...onSteps(plan), ...adviseOnGuards(plan)];
}

/** The same without what is said of shares. */
export function adviseOnGuards(plan: PlainPlan): string[] {
  return [...onGuards(plan), ...onPolicy(plan), ...onIntervals(plan), ...onHaste(plan), ...onRunbook(plan)];
}

function onFirstShare({ stages: [first] }: PlainPlan): string[] {
  if (first === undefined || first.trafficPercent <= LARGE_FIRST_SHARE_PERCENT) return [];
  return [
    `the first stage sends ${formatPercent(first.trafficPercent)} of the traffic to a version that nobody has used; ` +
      `begin with ${formatPercent(LARGE_FIRST_SHARE_PERCENT)} or less`,
  ];
}

function onSteps({ stages }: PlainPlan): string[] {
  return stages.flatMap((stage, index) => {
    const before = stages[index - 1];
    if (before === undefined || stage.trafficPercent <= before.trafficPercent * LARGE_STEP) return [];
    return [
      `from ${formatPercent(before.trafficPercent)} to ${formatPercent(stage.trafficPercent)} is a jump of more than ` +
        `${String(LARGE_STEP)} ×; a stage between shows trouble to fewer users`,
    ];
  });
}

function onGuards({ analysis, health }: PlainPlan): string[] {
  if (analysis.checks.length > 0) return [];
  const guard =
    health === undefined ? 'nothing guards this rollout but people' : 'only health probes guard this rollout';
  return [`no checks: ${guard}; add errorRate and latencyP99`];
}

function onPolicy({ rollbackPolicy }: PlainPlan): string[] {
  if (rollbackPolicy !== undefined) return [];
  return [
    'no rollback policy: the checks alone say when traffic goes back; rollbackPolicy can be tightened on the way',
  ];
}

/** A stage that ends before its first measurement is judged by what it gathered at its end alone. */
function onIntervals({ stages, analysis, monitoringIntervalMs }: PlainPlan): string[] {
  const shortest = Math.min(...stages.map((stage) => stage.durationMs));
  if (analysis.checks.length === 0 || shortest >= monitoringIntervalMs) return [];
  return [
    `checks are applied every ${spellDuration(monitoringIntervalMs)}, and a stage lasts only ` +
      `${spellDuration(shortest)}; a breach in it is seen at its end`,
  ];
}

function onHaste({ monitoringIntervalMs }: PlainPlan): string[] {
  if (monitoringIntervalMs >= SHORT_INTERVAL_MS) return [];
  return [
    `checks are applied every ${spellDuration(monitoringIntervalMs)}: that keeps the metric source and a worker busy; ` +
      `every second is often`,
  ];
}

function onRunbook({ runbook }: PlainPlan): string[] {
  return runbook === undefined ? ['no runbook: whoever is called at night will look for one'] : [];
}
