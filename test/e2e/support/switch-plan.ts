import type { BlueGreenPlan } from '../../../src/domain/blue-green/plan.js';

/** A switch whose window outlasts the test, with environments that are probed often. */
export function switchPlan(some: Partial<BlueGreenPlan> = {}): BlueGreenPlan {
  return {
    service: 'checkout',
    name: 'checkout',
    stages: [{ trafficPercent: 100, durationMs: 600_000 }],
    analysis: { checks: [] },
    health: { endpoints: ['/health'], intervalMs: 200, timeoutMs: 1000, successThreshold: 0.95, ofBaseline: true },
    monitoringIntervalMs: 500,
    autoProgression: true,
    onUnknown: { action: 'hold', deadlineMs: 600_000 },
    onDrift: 'hold',
    environments: { blue: { version: 'v1' }, green: { version: 'v2' } },
    switchWhen: 'command',
    ...some,
  };
}
