import {
  adviceOnBound,
  asksForLatencies,
  boundsBetweenEdges,
  lacksLatencies,
} from '../../domain/analysis/latency-bounds.js';
import type { Sampled } from '../../domain/analysis/sample.js';
import { AdapterUnavailableError } from '../../domain/errors.js';
import type { PreflightPlan } from '../../domain/traffic/guard-plan.js';
import type { Roles } from '../../domain/traffic/weights.js';
import type { ServicePorts } from '../../ports/service.js';
import type { Warning } from '../../domain/rollout/warnings.js';
import type { PreflightProblem } from '../contracts.js';
import { joined, type Finding } from './finding.js';
import { askPatiently } from '../patience.js';
import { namedScalars, readScalar, type NamedScalar } from '../scalars.js';

/** So many monitoring intervals are looked at for traffic: in a single one nobody may have come by chance. */
const INTERVALS = 6;

/** Every metric must answer for the baseline; one that says nothing now would say nothing later. */
export async function lookAtMetrics(service: ServicePorts, plan: PreflightPlan, roles: Roles): Promise<Finding> {
  const findings = await Promise.all([
    lookAtCounts(service, plan, roles),
    lookAtInterval(service, plan, roles),
    ...namedScalars(plan).map((scalar) => lookAtScalar(service, plan, roles, scalar)),
  ]);
  return joined(findings);
}

async function lookAtCounts(service: ServicePorts, plan: PreflightPlan, { baseline }: Roles): Promise<Finding> {
  const toMs = Date.now();
  const stepMs = plan.monitoringIntervalMs;
  try {
    const query = {
      service: service.route.service,
      backend: baseline,
      target: service.route.targets[baseline] ?? baseline,
      fromMs: toMs - INTERVALS * stepMs,
      toMs,
      stepMs,
    };
    const samples = await askPatiently(() => service.metrics.samples(query));
    const caveats = await askPatiently(async () => (await service.metrics.caveats?.(query)) ?? []);
    const requests = samples.reduce((sum, sample) => sum + (sample === 'no-data' ? 0 : sample.requests), 0);
    const silent = samples.every((sample) => sample === 'no-data') || requests === 0;
    return {
      problems: problemsWithLatencies(service, plan, samples),
      warnings: [
        ...(silent ? [noTraffic(baseline, INTERVALS * stepMs)] : []),
        ...boundsBetweenEdges(plan.analysis.checks, samples).map(adviceOnBound),
        ...caveats,
      ],
    };
  } catch (error) {
    return { problems: [unavailable('traffic counts', error)], warnings: [] };
  }
}

function noTraffic(baseline: string, lookedAtMs: number): Warning {
  const message = `${baseline} had no traffic in the last ${String(lookedAtMs / 1000)} s: stages will wait for requests`;
  return { code: 'noTraffic', message };
}

function problemsWithLatencies(
  { metrics }: ServicePorts,
  { analysis }: PreflightPlan,
  samples: readonly Sampled[],
): PreflightProblem[] {
  if (!asksForLatencies(analysis.checks) || (metrics.countsLatencies !== false && !lacksLatencies(samples))) return [];
  return [
    {
      subject: 'metrics',
      message: 'a check asks for latencies, and the metric source counts none',
      expected: 'a latency histogram',
      remedy: 'Leave the check out, ask a query of your own for it, or name a source that has a histogram',
    },
  ];
}

/** A step in which the source did not look has no data, and a stage of such steps holds. */
async function lookAtInterval(service: ServicePorts, plan: PreflightPlan, { baseline }: Roles): Promise<Finding> {
  const { route, metrics } = service;
  const query = { service: route.service, backend: baseline, target: route.targets[baseline] ?? baseline };
  try {
    const resolutionMs = (await metrics.resolutionMs?.(query)) ?? 'no-data';
    const isFine = resolutionMs === 'no-data' || plan.monitoringIntervalMs >= 2 * resolutionMs;
    return { problems: [], warnings: isFine ? [] : [tooOften(plan.monitoringIntervalMs, resolutionMs)] };
  } catch (error) {
    // That it cannot be asked is told by the look at the counts.
    if (error instanceof AdapterUnavailableError) return { problems: [], warnings: [] };
    throw error;
  }
}

function tooOften(intervalMs: number, resolutionMs: number): Warning {
  const seconds = (ms: number): string => String(Math.round(ms / 100) / 10);
  const message =
    `the metric source looks every ${seconds(resolutionMs)} s, and the monitoring interval is ${seconds(intervalMs)} s: ` +
    `intervals without data will hold the rollout; make it ${seconds(2 * resolutionMs)} s or more`;
  return { code: 'shortInterval', message, leastMs: 2 * resolutionMs };
}

async function lookAtScalar(
  service: ServicePorts,
  plan: PreflightPlan,
  roles: Roles,
  scalar: NamedScalar,
): Promise<Finding> {
  try {
    const value = await askPatiently(() => readScalar(service, plan, roles.baseline, scalar, Date.now()));
    if (typeof value === 'number' && Number.isFinite(value)) return { problems: [], warnings: [] };
    const got = value === 'no-data' ? 'nothing' : String(value);
    return {
      problems: [
        {
          subject: 'metrics',
          message: `"${scalar.name}" returns ${got} for ${roles.baseline}: ${scalar.query}`,
          expected: 'one finite number',
          remedy: 'Run the query by hand and correct it in the specification',
        },
      ],
      warnings: [],
    };
  } catch (error) {
    return { problems: [unavailable(`"${scalar.name}"`, error)], warnings: [] };
  }
}

function unavailable(what: string, error: unknown): PreflightProblem {
  if (!(error instanceof AdapterUnavailableError)) throw error;
  return {
    subject: 'metrics',
    message: `${what} cannot be had: ${error.message}`,
    expected: error.expected ?? 'a metric source that answers',
    remedy: error.remedy ?? 'Start it, or correct its address under metrics: in headgate.yaml',
  };
}
