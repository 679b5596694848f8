import type { Chooser } from './chooser.js';

const STAGES = [
  { trafficPercent: 5, durationMs: 3000 },
  { trafficPercent: 100, durationMs: 3000 },
];

/** A plan that only one thing is wrong with. */
function planWith(service: string, change: Readonly<Record<string, unknown>>): unknown {
  return {
    plan: {
      service,
      name: service,
      stages: STAGES,
      analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.2, minRequests: 5 }] },
      monitoringIntervalMs: 1000,
      autoProgression: true,
      onUnknown: { action: 'hold', deadlineMs: 20_000 },
      onDrift: 'hold',
      ...change,
    },
  };
}

/** What people put into a raw start that is no plan. */
export function chooseGarbage(choose: Chooser, service: string): unknown {
  return choose.one<unknown>([
    null,
    'checkout',
    [],
    {},
    { plan: null },
    { plan: { service } },
    planWith(service, { stages: [] }),
    planWith(service, { stages: [{ trafficPercent: '5', durationMs: 3000 }] }),
    planWith(service, { stages: [...STAGES].reverse() }),
    planWith(service, { stages: [{ trafficPercent: 50, durationMs: 1e12 }, STAGES[1]] }),
    planWith(service, { analysis: { checks: [{ kind: 'feeling', metric: 'errorRate', max: 0.2 }] } }),
    planWith(service, { analysis: { checks: [{ kind: 'threshold', max: 0.2 }] } }),
    planWith(service, { analysis: { checks: 'none' } }),
    planWith(service, { health: 'yes' }),
    planWith(service, { health: { endpoints: '/health' } }),
    planWith(service, { onUnknown: { action: 'pray', deadlineMs: 2000 } }),
    planWith(service, { onUnknown: { action: 'hold', deadlineMs: 'soon' } }),
    planWith(service, { onDrift: 'shrug' }),
    planWith(service, { monitoringIntervalMs: 0 }),
    planWith(service, { rollbackPolicy: { errorRateThreshold: 'low' } }),
    planWith(service, { name: 'x'.repeat(100_000) }),
    planWith(service, { runbook: { url: 1 } }),
    { ...(planWith(service, {}) as object), historyLimit: 'many' },
    { ...(planWith(service, {}) as object), requestedBy: { name: 'Ada' } },
    { ...(planWith(service, {}) as object), carried: { step: 'baking' } },
    { ...(planWith(service, {}) as object), carried: 'nothing' },
  ]);
}
