import type { AnalysisPlan } from '../../../src/domain/analysis/plan.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import type { TrafficModel, VersionModel } from '../../../src/domain/simulation/traffic-model.js';

export const MINUTE_MS = 60_000;

export function version(errorRate: number, medianMs = 60): VersionModel {
  return { errorRate, latency: { medianMs, p99Ms: 4 * medianMs } };
}

/** A service whose candidate stays healthy, unless told otherwise. */
export function modelOf(change: Partial<TrafficModel> = {}): TrafficModel {
  return {
    requestsPerSecond: 50,
    baseline: version(0.002),
    candidate: version(0.002),
    degradation: null,
    dispersion: 1,
    shocks: null,
    ...change,
  };
}

/** Four stages of ten minutes, 1 % of errors allowed, unless told otherwise. */
export function planOf(change: Partial<CanaryPlan> = {}, analysis: Partial<AnalysisPlan> = {}): CanaryPlan {
  return {
    service: 'checkout',
    name: 'checkout',
    stages: [5, 25, 50, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 10 * MINUTE_MS })),
    analysis: { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.01 }], ...analysis },
    monitoringIntervalMs: MINUTE_MS,
    autoProgression: true,
    onUnknown: { action: 'hold', deadlineMs: 30 * MINUTE_MS },
    onDrift: 'hold',
    ...change,
  };
}
