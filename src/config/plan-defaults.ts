import { DEFAULT_PLAN, type PlanDefaults } from '../spec/defaults.js';
import type { HeadgateConfig } from './types.js';

/** What specifications need not say in this installation. What they do say is stronger. */
export function defaultsFrom({ defaults, services }: HeadgateConfig): PlanDefaults {
  const { initialTrafficPercent, monitoringIntervalMs, autoProgression } = defaults;
  const [, ...later] = DEFAULT_PLAN.stagesPercent;
  const stagesPercent = [initialTrafficPercent, ...later.filter((percent) => percent > initialTrafficPercent)];
  const healthOf = Object.fromEntries(
    Object.entries(services).flatMap(([name, { health }]) =>
      health === undefined || health.endpoints.length === 0
        ? []
        : [[name, { ...DEFAULT_PLAN.health, endpoints: health.endpoints, timeoutMs: health.timeoutMs }]],
    ),
  );
  return { ...DEFAULT_PLAN, stagesPercent, monitoringIntervalMs, autoProgression, healthOf };
}
