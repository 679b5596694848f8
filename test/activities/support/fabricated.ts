import { pathOf } from '../../../src/domain/health/health-plan.js';
import type { TrafficSample } from '../../../src/domain/analysis/sample.js';
import type { Observer } from '../../../src/activities/observing/observer.js';
import { createWorld, type World } from '../../../src/activities/world.js';
import { NO_FENCE } from '../../../src/domain/traffic/fence.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import type { Weights } from '../../../src/domain/traffic/weights.js';
import type { ProbeResult } from '../../../src/ports/health-probe.js';
import type { JournalEntry } from '../../../src/ports/journal.js';
import { UnknownServiceError, type Ports, type ServicePorts } from '../../../src/ports/service.js';

export const ALL_BLUE: Weights = [
  { backend: 'blue', percent: 100 },
  { backend: 'green', percent: 0 },
];

/** A service that is fit for a rollout, made up: what a test changes of it is what the test is about. */
export function fitService(change: Partial<ServicePorts> = {}): ServicePorts {
  return {
    service: 'checkout',
    route: { service: 'checkout', targets: { blue: 'blue', green: 'green' } },
    router: {
      readWeights: () => Promise.resolve([{ instance: 'gateway-1', weights: ALL_BLUE, fence: NO_FENCE }]),
      setWeights: () => Promise.reject(new Error('a preflight moves nothing')),
      setMany: () => Promise.reject(new Error('a preflight moves nothing')),
      whyNotSplittable: () => Promise.resolve([]),
    },
    metrics: {
      samples: () => Promise.resolve([someTraffic(100)]),
      scalar: () => Promise.resolve(0.2),
    },
    probe: { probe: ({ backend }, endpoint) => Promise.resolve(answer(backend, pathOf(endpoint))) },
    urls: { blue: 'http://blue.test', green: 'http://green.test' },
    version: { path: '/version', field: 'version' },
    health: { endpoints: ['/health'], intervalMs: 1000, timeoutMs: 200, successThreshold: 0.95 },
    ...change,
  };
}

/** A service whose configuration says nothing of `key`. */
export function without<Key extends 'version' | 'health'>(service: ServicePorts, key: Key): Omit<ServicePorts, Key> {
  return Object.fromEntries(Object.entries(service).filter(([name]) => name !== key)) as Omit<ServicePorts, Key>;
}

export function portsOf(service: ServicePorts, entries: JournalEntry[] = []): Ports {
  return {
    serviceNamed(name) {
      if (name !== service.service) throw new UnknownServiceError(name, [service.service]);
      return service;
    },
    journal: {
      append: (appended) => Promise.resolve(void entries.push(...appended)),
      read: () => Promise.resolve(entries),
    },
  };
}

/** What the activities of one worker share. */
export function worldOf(service: ServicePorts, observer?: Observer): World {
  return createWorld(portsOf(service), undefined, observer);
}

export function somePlan(change: Partial<CanaryPlan> = {}): CanaryPlan {
  return {
    service: 'checkout',
    name: 'checkout',
    version: 'v2',
    stages: [25, 100].map((trafficPercent) => ({ trafficPercent, durationMs: 60_000 })),
    analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.05, minRequests: 10 }] },
    monitoringIntervalMs: 10_000,
    autoProgression: true,
    onUnknown: { action: 'hold', deadlineMs: 60_000 },
    onDrift: 'hold',
    ...change,
  };
}

export function someTraffic(requests: number, errors = 0): TrafficSample {
  return { requests, errors };
}

/** v1 serves on blue, and v2 waits on green. */
function answer(backend: string, endpoint: string): ProbeResult {
  const version = backend === 'green' ? 'v2' : 'v1';
  // It knows its paths.
  if (endpoint.startsWith('/headgate-')) return { healthy: false, latencyMs: 1, reason: 'answered 404' };
  return { healthy: true, latencyMs: 1, body: endpoint === '/version' ? JSON.stringify({ version }) : 'ok' };
}
