import type { CanaryPlan } from './plan.js';

/** How long an undo is guarded where nobody knows the rollback window of what it undoes. */
const WINDOW_MS = 600_000;

/** How often it is looked at then. */
const INTERVAL_MS = 10_000;

/** Nothing but its end is waited for where it goes at once. */
const AT_ONCE_MS = 1;

/**
 * The plan by which a service goes back to what served before: one stage of everything, guarded for the rollback window by
 * the checks of the rollout that it undoes.
 *
 * What fails calls a person and moves nothing by itself: the other backend holds what somebody has just decided against. What
 * stays unknown ends the undo all the same: traffic is where it shall be, and holding it there would only keep the service.
 *
 * @param of the plan of the rollout that is undone; `null` where nobody knows it
 */
export function undoPlan(service: string, of: CanaryPlan | null, now: boolean): CanaryPlan {
  const windowMs = of?.stages.at(-1)?.durationMs ?? WINDOW_MS;
  const guard = now || of === null ? {} : guardOf(of);
  return {
    service,
    name: `undo of ${service}`,
    stages: [{ trafficPercent: 100, durationMs: now ? AT_ONCE_MS : windowMs }],
    analysis: { checks: [] },
    ...guard,
    autoRollback: false,
    monitoringIntervalMs: of?.monitoringIntervalMs ?? INTERVAL_MS,
    autoProgression: true,
    onUnknown: { action: 'continue', deadlineMs: windowMs },
    onDrift: 'hold',
    ...(of?.runbook === undefined ? {} : { runbook: of.runbook }),
  };
}

/**
 * The same where traffic is split, because what is undone was broken off: like an abort it goes back at once. Whoever aborted
 * it on its way would send everybody to what has never had everybody.
 */
export function undoneAtOnce({ service, name, version, runbook }: CanaryPlan): CanaryPlan {
  return {
    ...undoPlan(service, null, true),
    name,
    ...(version === undefined ? {} : { version }),
    ...(runbook === undefined ? {} : { runbook }),
  };
}

function guardOf({ analysis, rollbackPolicy, health }: CanaryPlan): Partial<CanaryPlan> {
  return {
    // Proof of health cannot be waited for: it would keep the service until there is enough traffic.
    analysis: { ...analysis, proof: 'no-harm' },
    ...(rollbackPolicy === undefined ? {} : { rollbackPolicy }),
    ...(health === undefined ? {} : { health }),
  };
}
