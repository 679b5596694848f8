import { beginAnalysis, type AnalysisState } from '../../domain/analysis/state.js';
import { AdapterUnavailableError } from '../../domain/errors.js';
import type { CanaryPlan } from '../../domain/rollout/plan.js';
import type { Roles } from '../../domain/rollout/weights.js';
import type { ServicePorts } from '../../ports/service.js';

/** How many monitoring intervals of the past are asked for. */
const INTERVALS = 120;

/**
 * What the baseline did before the rollout began: how much its failures scatter by themselves decides how much
 * evidence a verdict takes. `null` when the source cannot tell; then the cautious default holds.
 */
export async function learnFromBaseline(
  service: ServicePorts,
  { analysis, monitoringIntervalMs }: CanaryPlan,
  { baseline }: Roles,
): Promise<AnalysisState | null> {
  if (analysis.dispersion !== undefined) return null;
  const toMs = Date.now();
  const fromMs = toMs - INTERVALS * monitoringIntervalMs;
  const { route, metrics } = service;
  const target = route.targets[baseline] ?? baseline;
  try {
    const samples = await metrics.samples({
      service: route.service,
      backend: baseline,
      target,
      fromMs,
      toMs,
      stepMs: monitoringIntervalMs,
    });
    const fromBaseline = samples.map((sample, index) => ({
      startMs: fromMs + index * monitoringIntervalMs,
      endMs: fromMs + (index + 1) * monitoringIntervalMs,
      candidate: 'no-data' as const,
      baseline: sample,
    }));
    return beginAnalysis({ ...analysis, dispersion: { fromBaseline } });
  } catch (error) {
    if (error instanceof AdapterUnavailableError) return null;
    throw error;
  }
}
