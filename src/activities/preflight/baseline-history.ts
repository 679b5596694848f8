import type { PastInterval } from '../../domain/analysis/learn.js';
import { AdapterUnavailableError } from '../../domain/errors.js';
import { OBSERVATIONS_VERSION, type BaselineLine } from '../../domain/observations/line.js';
import type { PreflightPlan } from '../../domain/traffic/guard-plan.js';
import type { Roles } from '../../domain/traffic/weights.js';
import { countsOf } from '../../inspection/metrics.js';
import type { ServicePorts } from '../../ports/service.js';

/** How many monitoring intervals of the past are asked for. */
const INTERVALS = 120;

/**
 * What the baseline did before the rollout began: how much its failures scatter by themselves decides how much
 * evidence a verdict takes. `null` when the source cannot tell; then the cautious default holds.
 */
export async function historyOfBaseline(
  service: ServicePorts,
  { analysis, monitoringIntervalMs }: PreflightPlan,
  { baseline }: Roles,
): Promise<readonly PastInterval[] | null> {
  if (analysis.dispersion !== undefined) return null;
  const past = { toMs: Date.now(), steps: INTERVALS, stepMs: monitoringIntervalMs };
  const fromMs = past.toMs - INTERVALS * monitoringIntervalMs;
  try {
    const samples = await countsOf(service, baseline, past);
    return samples.map((sample, index) => ({
      startMs: fromMs + index * monitoringIntervalMs,
      endMs: fromMs + (index + 1) * monitoringIntervalMs,
      baseline: sample,
    }));
  } catch (error) {
    if (error instanceof AdapterUnavailableError) return null;
    throw error;
  }
}

export function lineOfHistory(
  rolloutId: string,
  service: string,
  { baseline: backend }: Roles,
  intervals: readonly PastInterval[],
): BaselineLine {
  return { v: OBSERVATIONS_VERSION, kind: 'baseline', rolloutId, service, backend, intervals };
}
