/** Envoys that have their routes from files. */
export interface EnvoyRouterConfig {
  readonly kind: 'envoy';
  readonly instances: readonly {
    /** Base URL of its admin API. */
    readonly admin: string;
    /** Its RDS file, absolute. */
    readonly routes: string;
  }[];
  /** How long an instance may take to answer, and to serve what its file says. */
  readonly timeoutMs: number;
}

/** Envoy's own counters. */
export interface EnvoyMetricsConfig {
  readonly kind: 'envoy';
  /** Base URLs of the admin APIs, every instance. */
  readonly instances: readonly string[];
  readonly timeoutMs: number;
  /** How often they are read. */
  readonly intervalMs: number;
}
