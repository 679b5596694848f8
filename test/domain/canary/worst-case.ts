import type { Check } from '../../../src/domain/analysis/plan.js';
import { MOST_BUCKETS } from '../../../src/domain/analysis/defaults.js';
import { carryOver, type AnalysisState } from '../../../src/domain/analysis/analysis.js';
import type { TrafficSample } from '../../../src/domain/analysis/sample.js';
import { beginAnalysis, observe } from '../../../src/domain/analysis/step-by-step.js';
import { LONGEST, MOST, MOST_PLAN_BYTES } from '../../../src/domain/rollout/bounds.js';
import { MOST_STAGES } from '../../../src/domain/stages/bounds.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import { problemsOfPlan } from '../../../src/domain/staged-traffic/plan-rules.js';
import { guardedPlan } from '../../../src/domain/stages/guarded-plan.js';
import { canaryPlan } from './arbitraries.js';

/** Four bytes each, and one character. */
export const rockets = (count: number): string => '🚀'.repeat(count);

/** Has as many digits as a number can have. */
const thirds = (whole: number): number => -(whole + 1 / 3) * 1e-7;

const evidenceChecks: readonly Check[] = ['errorRate', 'successRate', 'latencyP50', 'latencyP95', 'latencyP99'].flatMap(
  (metric): Check[] => {
    const max = metric.startsWith('latency') ? 123.456789 : 0.0123456789;
    return [
      { kind: 'sequential', metric, max, minRequests: 123_456 },
      { kind: 'baseline', metric, maxIncrease: 0.123456789, minRequests: 123_456 },
    ];
  },
);

/** As much as a plan may say. */
export function largestPlan(): CanaryPlan {
  const planOf = (queryLength: number): CanaryPlan =>
    canaryPlan({
      name: rockets(LONGEST.name),
      version: 'v'.repeat(LONGEST.name),
      adopt: rockets(LONGEST.slot),
      runbook: rockets(LONGEST.address),
      autoRollback: false,
      rollbackPolicy: {
        errorRateThreshold: 0.123456789,
        successRateMinimum: 0.123456789,
        latencyIncrease: 1.123456789,
        evaluationWindowMs: 123_456_789,
        consecutiveFailures: 123_456,
      },
      health: {
        endpoints: Array.from({ length: MOST.endpoints }, (_, index) => `/${rockets(100)}${String(index)}`),
        intervalMs: 12_345_678,
        timeoutMs: 12_345_678,
        successThreshold: 0.123456789,
      },
      stages: Array.from({ length: MOST_STAGES }, (_, index) => ({
        trafficPercent: ((index + 1) * 100) / MOST_STAGES,
        durationMs: 123_456_789,
        maxDurationMs: 1_234_567_890,
        ...(index === MOST_STAGES - 1 ? {} : { approval: { timeoutMs: 1_234_567_890, onTimeout: 'abort' as const } }),
      })),
      analysis: {
        checks: [
          ...evidenceChecks,
          ...Array.from({ length: MOST.checks - evidenceChecks.length }, (_, index): Check => ({
            kind: 'custom',
            name: `${rockets(20)} ${String(index)}`,
            query: rockets(queryLength),
            source: rockets(2),
            max: 0.123456789,
            min: -0.123456789,
            failureLimit: 123_456,
            consecutiveErrorLimit: 123_456,
          })),
        ],
      },
    });
  let length = 1;
  while (problemsOfPlan(planOf(length + 1)).length === 0) length += 1;
  return planOf(length);
}

/** How near to its bound the largest plan comes. */
export const ALMOST_PLAN_BYTES = MOST_PLAN_BYTES * 0.95;

function busyTraffic(interval: number, errors: number): TrafficSample {
  const requests = 987_654_321 + interval;
  return {
    requests,
    errors: errors + interval,
    latencyHistogram: Array.from({ length: MOST_BUCKETS }, (_, index) => ({
      leMs: index === MOST_BUCKETS - 1 ? null : (index + 1 / 3) * 10,
      count: Math.round((requests * (index + 1)) / MOST_BUCKETS),
    })),
  };
}

/** As much as an analysis can remember: evidence of everything, with histograms as large as they may be. */
export function largestAnalysis(plan: CanaryPlan): AnalysisState {
  const { analysis } = guardedPlan(plan);
  const scalars = Object.fromEntries(
    analysis.checks.flatMap((check) => (check.kind === 'custom' ? [[check.name, thirds(1)]] : [])),
  );
  let state = beginAnalysis(analysis);
  for (let interval = 0; interval < 40; interval += 1)
    state = observe(analysis, state, {
      startMs: interval * 10_000,
      endMs: (interval + 1) * 10_000,
      candidate: busyTraffic(interval, 12_400_000),
      baseline: busyTraffic(interval, 11_000_000),
      scalars: Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, value * (interval + 1)])),
    });
  return carryOver(state);
}
