import type { BlueGreenStatus } from '../../domain/blue-green/status.js';
import type { BackendHealth } from '../../domain/health/health.js';

/** How one environment is. */
export type EnvironmentHealth = BackendHealth;

/** How both environments are. */
export interface HealthStatus {
  /** The environment that serves; `null` where it is not known. */
  readonly activeEnvironment: string | null;
  /** Of the backend `blue`: 0–1; `null`: unknown, because there are too few probes. */
  readonly blueHealth: number | null;
  /** The same of `green`. */
  readonly greenHealth: number | null;
  /** By the names of the backends, with every endpoint. Empty where no worker has probed yet. */
  readonly environments: Readonly<Record<string, EnvironmentHealth>>;
  /** When it was seen, ISO 8601 UTC. */
  readonly asOf: string;
}

export function healthStatusOf({ activeEnvironment, health = {}, asOf }: BlueGreenStatus): HealthStatus {
  const healthOf = (slot: string): number | null => health[slot]?.health ?? null;
  return {
    activeEnvironment,
    blueHealth: healthOf('blue'),
    greenHealth: healthOf('green'),
    environments: health,
    asOf,
  };
}
