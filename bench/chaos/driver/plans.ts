import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import type { PlanShape } from '../schedule/schedule.js';
import { textOf } from '../schedule/texts.js';
import type { Slot } from '../world/plane.js';
import { DEADLINE_MS, ERROR_BOUND, MIN_REQUESTS, MONITORING_INTERVAL_MS } from '../promises.js';

const HEALTH = { endpoints: ['/health'], intervalMs: 1000, timeoutMs: 1000, successThreshold: 0.5 };

/** As the library and a raw start take it. */
export function canaryPlanOf(service: string, shape: PlanShape, adopt: Slot | null): CanaryPlan {
  const { stages, autoProgression, autoRollback, onDrift, onUnknown, health, version } = shape;
  return {
    service,
    name: service,
    ...(version === undefined ? {} : { version: textOf(version) }),
    stages: stages.map(({ percent, durationMs, approval }) => ({
      trafficPercent: percent,
      durationMs,
      ...(approval === undefined ? {} : { approval }),
    })),
    analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: ERROR_BOUND, minRequests: MIN_REQUESTS }] },
    autoRollback,
    ...(health ? { health: HEALTH } : {}),
    monitoringIntervalMs: MONITORING_INTERVAL_MS,
    autoProgression,
    onUnknown: { action: onUnknown, deadlineMs: DEADLINE_MS },
    onDrift,
    ...(adopt === null ? {} : { adopt }),
  };
}

/** The same as a specification, for the command line. */
export function specificationOf(service: string, shape: PlanShape): object {
  const { stages, autoProgression, autoRollback, onDrift, onUnknown, health } = shape;
  const ms = (value: number): string => `${String(value)}ms`;
  return {
    apiVersion: 'headgate/v1',
    kind: 'Canary',
    service,
    stages: stages.map(({ percent, durationMs, approval }) => ({
      traffic: `${String(percent)}%`,
      duration: ms(durationMs),
      ...(approval === undefined
        ? {}
        : {
            approval: {
              onTimeout: approval.onTimeout,
              ...(approval.timeoutMs === null ? {} : { timeout: ms(approval.timeoutMs) }),
            },
          }),
    })),
    checks: [{ metric: 'errorRate', max: `${String(100 * ERROR_BOUND)}%`, minRequests: MIN_REQUESTS, failureLimit: 0 }],
    autoRollback,
    ...(health
      ? {
          health: {
            endpoints: HEALTH.endpoints,
            interval: ms(HEALTH.intervalMs),
            timeout: ms(HEALTH.timeoutMs),
            successThreshold: HEALTH.successThreshold,
          },
        }
      : {}),
    monitoringInterval: ms(MONITORING_INTERVAL_MS),
    autoProgression,
    onUnknown,
    deadline: ms(DEADLINE_MS),
    onDrift,
  };
}
