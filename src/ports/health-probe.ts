import type { HealthEndpoint } from '../domain/health/health-plan.js';

/** One backend as a probe reaches it. */
export interface ProbeTarget {
  readonly backend: string;
  /** Base URL, e.g. `http://127.0.0.1:9002`. */
  readonly url: string;
}

export type ProbeResult =
  | { readonly healthy: true; readonly latencyMs: number; readonly body: string }
  | {
      readonly healthy: false;
      readonly latencyMs: number;
      readonly reason: string;
      /** `false`: nothing takes connections there, so nothing is up. */
      readonly up?: false;
    };

/** Asks a backend whether it is well. */
export interface HealthProbe {
  /** Never throws for an unhealthy or unreachable target: that is an answer. */
  probe(target: ProbeTarget, endpoint: HealthEndpoint, timeoutMs: number, signal?: AbortSignal): Promise<ProbeResult>;
}
