import { asksForLatencies, boundsBetweenEdges, lacksLatencies } from '../domain/analysis/latency-bounds.js';
import type { Sampled } from '../domain/analysis/sample.js';
import { AdapterUnavailableError } from '../domain/errors.js';
import type { BackendQuery } from '../ports/metric-source.js';
import type { ServicePorts } from '../ports/service.js';
import type { InspectionFinding } from './finding.js';
import { askPatiently } from './patience.js';
import { namedScalars, readScalar, UnknownSourceError, type NamedScalar, type Queries } from './scalars.js';

/** So many monitoring intervals are looked at for traffic: in a single one nobody may have come by chance. */
const INTERVALS = 6;

/** A source that has just been started remembers no whole interval. */
const RECENTLY_MS = 2000;

/** Every metric must answer for the baseline; one that says nothing now would say nothing later. */
export async function inspectMetrics(
  service: ServicePorts,
  asked: Queries,
  baseline: string,
): Promise<readonly InspectionFinding[]> {
  const findings = await Promise.all([
    inspectCounts(service, asked, baseline),
    inspectInterval(service, asked, baseline),
    ...namedScalars(asked).map((scalar) => inspectScalar(service, asked, baseline, scalar)),
  ]);
  return findings.flat();
}

/** So much of the past, in steps. */
export interface Past {
  readonly toMs: number;
  readonly steps: number;
  readonly stepMs: number;
}

/** What the service's source counted of a backend. @throws AdapterUnavailableError */
export function countsOf(
  service: ServicePorts,
  backend: string,
  { toMs, steps, stepMs }: Past,
): Promise<readonly Sampled[]> {
  return service.metrics.samples({ ...backendOf(service, backend), fromMs: toMs - steps * stepMs, toMs, stepMs });
}

function backendOf({ route }: ServicePorts, backend: string): BackendQuery {
  return { service: route.service, backend, target: route.targets[backend] ?? backend };
}

async function inspectCounts(
  service: ServicePorts,
  { analysis: { checks }, monitoringIntervalMs }: Queries,
  baseline: string,
): Promise<readonly InspectionFinding[]> {
  const past = { toMs: Date.now(), steps: INTERVALS, stepMs: monitoringIntervalMs };
  const answer = await askPatiently(async () => ({
    samples: await knownCounts(service, baseline, past),
    caveats: (await service.metrics.caveats?.(backendOf(service, baseline))) ?? [],
  }));
  if (answer instanceof AdapterUnavailableError) return [{ code: 'countsUnavailable', error: answer }];
  const { samples, caveats } = answer;
  const known = samples.filter((sample) => sample !== 'no-data');
  const windowMs = past.steps * past.stepMs;
  const isSilent = known.every(({ requests }) => requests === 0);
  const lacks = asksForLatencies(checks) && (service.metrics.countsLatencies === false || lacksLatencies(samples));
  return [
    ...(lacks ? [{ code: 'latenciesMissing' } as const] : []),
    ...(isSilent ? [{ code: known.length === 0 ? 'noData' : 'noTraffic', backend: baseline, windowMs } as const] : []),
    ...boundsBetweenEdges(checks, samples).map((bound) => ({ code: 'boundBetweenEdges', bound }) as const),
    ...caveats.map((message) => ({ code: 'caveat', message }) as const),
  ];
}

async function knownCounts(service: ServicePorts, baseline: string, past: Past): Promise<readonly Sampled[]> {
  const samples = await countsOf(service, baseline, past);
  if (samples.some((sample) => sample !== 'no-data')) return samples;
  return countsOf(service, baseline, { ...past, steps: 1, stepMs: RECENTLY_MS });
}

/** A step in which the source did not look has no data, and a stage of such steps holds. */
async function inspectInterval(
  service: ServicePorts,
  { monitoringIntervalMs: intervalMs }: Queries,
  baseline: string,
): Promise<readonly InspectionFinding[]> {
  const { metrics } = service;
  const resolutionMs = await askPatiently(async () => metrics.resolutionMs?.(backendOf(service, baseline)));
  // That it cannot be asked is told by the look at the counts.
  if (typeof resolutionMs !== 'number' || intervalMs >= 2 * resolutionMs) return [];
  return [{ code: 'intervalTooShort', intervalMs, resolutionMs }];
}

async function inspectScalar(
  service: ServicePorts,
  asked: Queries,
  backend: string,
  scalar: NamedScalar,
): Promise<readonly InspectionFinding[]> {
  const { index, name, query } = scalar;
  const value = await askPatiently(() => readScalar(service, asked, backend, scalar, Date.now()));
  if (value instanceof AdapterUnavailableError) {
    const code = value instanceof UnknownSourceError ? 'sourceUnknown' : 'queryUnavailable';
    return [{ code, index, name, error: value }];
  }
  if (Number.isFinite(value)) return [];
  return [{ code: 'queryWithoutValue', index, name, query, backend, value }];
}
