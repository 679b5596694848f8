import type { EnvironmentDefaults } from './types.js';

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
