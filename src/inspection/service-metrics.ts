import type { Sampled } from '../domain/analysis/sample.js';
import { AdapterUnavailableError } from '../domain/errors.js';
import { sumOfBackends, trafficMetrics, type ServiceMetrics } from '../domain/traffic/service-metrics.js';
import type { ServicePorts } from '../ports/service.js';

/** Into so many steps a range is cut: what the source does not know of it is then left out, not the whole. */
const STEPS = 360;

const SHORTEST_STEP_MS = 1000;

/** Steps under twice the time between two looks of a source may have no data. */
const LOOKS_PER_STEP = 2;

/** What a service and its backends have served within the range up to now. */
export async function inspectServiceMetrics(
  service: ServicePorts,
  rangeMs: number,
  toMs = Date.now(),
): Promise<ServiceMetrics> {
  const trouble: string[] = [];
  const slots = Object.keys(service.route.targets);
  const stepMs = await stepOf(service, slots, rangeMs, trouble);
  const steps = Math.max(1, Math.floor(rangeMs / stepMs));
  const fromMs = toMs - steps * stepMs;
  const nothing: readonly Sampled[] = Array.from({ length: steps }, () => 'no-data');
  const samples = await Promise.all(
    slots.map((slot) =>
      orTrouble(trouble, nothing, () => service.metrics.samples({ ...queryOf(service, slot), fromMs, toMs, stepMs })),
    ),
  );
  const backends = slots.map((slot, index) => [slot, trafficMetrics(samples[index] ?? nothing, stepMs)] as const);
  return {
    ...trafficMetrics(sumOfBackends(samples), stepMs),
    backends: Object.fromEntries(backends),
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    ...(trouble.length === 0 ? {} : { trouble: [...new Set(trouble)] }),
  };
}

async function stepOf(
  service: ServicePorts,
  slots: readonly string[],
  rangeMs: number,
  trouble: string[],
): Promise<number> {
  const resolutions = await Promise.all(
    slots.map((slot) =>
      orTrouble(trouble, 'no-data', async () => (await service.metrics.resolutionMs?.(queryOf(service, slot))) ?? 0),
    ),
  );
  const known = resolutions.filter((resolution) => resolution !== 'no-data');
  return Math.max(Math.ceil(rangeMs / STEPS), SHORTEST_STEP_MS, LOOKS_PER_STEP * Math.max(0, ...known));
}

function queryOf({ route }: ServicePorts, backend: string) {
  return { service: route.service, backend, target: route.targets[backend] ?? backend };
}

/** What cannot be known is left out, and said; it is never zero. */
async function orTrouble<T>(trouble: string[], otherwise: T, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AdapterUnavailableError)) throw error;
    trouble.push(error.message);
    return otherwise;
  }
}
