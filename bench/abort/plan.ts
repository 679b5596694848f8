import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import { SHARE_PERCENT } from './settings.js';

const HOUR_MS = 3_600_000;

/** A rollout that stays in its first stage for as long as a run takes, analysed every `monitoringIntervalMs`. */
export function benchPlan(service: string, monitoringIntervalMs: number): CanaryPlan {
  return {
    service,
    name: service,
    stages: [
      { trafficPercent: SHARE_PERCENT, durationMs: 6 * HOUR_MS },
      { trafficPercent: 100, durationMs: HOUR_MS },
    ],
    analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.01, minRequests: 1 }] },
    monitoringIntervalMs,
    autoProgression: true,
    onUnknown: { action: 'hold', deadlineMs: HOUR_MS },
    onDrift: 'hold',
  };
}
