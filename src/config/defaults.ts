import { DEFAULT_PLAN, type PlanDefaults } from '../spec/defaults.js';
import type { EnvironmentDefaults, HeadgateConfig } from './types.js';

export const DEFAULT_ENVIRONMENT: EnvironmentDefaults = {
  strategy: null,
  tier: 'enterprise',
  featureFlagsEnabled: true,
  minimumSampleSize: 1000,
  confidenceLevel: 0.95,
  healthCheckIntervalMs: 30_000,
  rollbackThreshold: 0.95,
  initialTrafficPercent: 5,
  monitoringIntervalMs: 60_000,
  autoProgression: true,
};

/** Looked for in the working folder, in this order, when no file is named. */
export const CONFIG_FILES = ['headgate.yaml', 'headgate.yml', 'headgate.json'] as const;

/** Beside the configuration. */
export const DEFAULT_JOURNAL_FOLDER = '.headgate/journal';
export const DEFAULT_OBSERVATIONS_FOLDER = '.headgate/observations';

/** How long an instance of a data plane may take to answer. */
export const DEFAULT_INSTANCE_TIMEOUT_MS = 2000;

/** How long a backend may take to answer a probe. */
export const DEFAULT_PROBE_TIMEOUT_MS = 2000;

/** What specifications need not say in this installation. What they do say is stronger. */
export function defaultsFrom({ defaults, services }: HeadgateConfig): PlanDefaults {
  const { initialTrafficPercent, monitoringIntervalMs, autoProgression } = defaults;
  const { healthCheckIntervalMs: intervalMs, rollbackThreshold: successThreshold } = defaults;
  const blueGreen = { ...DEFAULT_PLAN.blueGreen, intervalMs, successThreshold };
  const [, ...later] = DEFAULT_PLAN.stagesPercent;
  const stagesPercent = [initialTrafficPercent, ...later.filter((percent) => percent > initialTrafficPercent)];
  const healthOf = Object.fromEntries(
    Object.entries(services).flatMap(([name, { health }]) =>
      health === undefined || health.endpoints.length === 0
        ? []
        : [[name, { ...DEFAULT_PLAN.health, endpoints: health.endpoints, timeoutMs: health.timeoutMs }]],
    ),
  );
  return { ...DEFAULT_PLAN, stagesPercent, monitoringIntervalMs, autoProgression, blueGreen, healthOf };
}
