import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { LATENCY_BOUNDS_MS } from './defaults.js';
import type { Route } from './route.js';

/** What the gateway tells Prometheus. */
export class GatewayPrometheus {
  readonly registry = new Registry();
  private readonly codes = new Map<string, Set<string>>();
  private readonly requests = new Counter({
    name: 'headgate_gateway_requests_total',
    help: 'Requests that ended, by route, backend and status code; 499: the client went away.',
    labelNames: ['route', 'backend', 'code'] as const,
    registers: [this.registry],
  });
  private readonly unanswered = new Counter({
    name: 'headgate_gateway_unanswered_requests_total',
    help: 'Of the requests that ended, those whose backend had not begun to answer when the client gave up.',
    labelNames: ['route', 'backend'] as const,
    registers: [this.registry],
  });
  private readonly duration = new Histogram({
    name: 'headgate_gateway_request_duration_seconds',
    help: 'From the first byte of a request to the last byte of its answer; of requests that were answered.',
    labelNames: ['route', 'backend'] as const,
    buckets: LATENCY_BOUNDS_MS.map((boundMs) => boundMs / 1000),
    registers: [this.registry],
  });
  private readonly weight = new Gauge({
    name: 'headgate_gateway_backend_weight_percent',
    help: 'The share of a route that a backend gets, 0 to 100.',
    labelNames: ['route', 'backend'] as const,
    registers: [this.registry],
  });

  record(route: string, backend: string, code: number, latencyMs: number): void {
    this.count(route, backend, code);
    this.duration.observe({ route, backend }, latencyMs / 1000);
  }

  recordUnanswered(route: string, backend: string, code: number): void {
    this.count(route, backend, code);
    this.unanswered.inc({ route, backend });
  }

  private count(route: string, backend: string, code: number): void {
    this.requests.inc({ route, backend, code });
    const key = `${route}\n${backend}`;
    const codes = this.codes.get(key);
    if (codes === undefined) this.codes.set(key, new Set([String(code)]));
    else codes.add(String(code));
  }

  showWeights(route: Route): void {
    const shares = new Map(route.weights.map(({ backend, percent }) => [backend, percent]));
    for (const backend of route.backendNames) {
      this.weight.set({ route: route.name, backend }, shares.get(backend) ?? 0);
    }
  }

  forget(route: Route): void {
    this.forgetBackends(route, []);
  }

  /** Drops the series of the backends that `staying` does not name. */
  forgetBackends(route: Route, staying: readonly string[]): void {
    for (const backend of route.backendNames) {
      if (staying.includes(backend)) continue;
      const labels = { route: route.name, backend };
      const key = `${route.name}\n${backend}`;
      for (const code of this.codes.get(key) ?? []) this.requests.remove({ ...labels, code });
      this.codes.delete(key);
      this.duration.remove(labels);
      this.unanswered.remove(labels);
      this.weight.remove(labels);
    }
  }
}
