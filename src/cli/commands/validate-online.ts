import { HeadgateError } from '../../domain/errors.js';
import {
  adviceOnBound,
  asksForLatencies,
  boundsBetweenEdges,
  lacksLatencies,
} from '../../domain/analysis/latency-bounds.js';
import type { Check } from '../../domain/analysis/plan.js';
import type { CanaryPlan } from '../../domain/canary/plan.js';
import { describeWeights, splitBetween, type Weights } from '../../domain/traffic/weights.js';
import type { Finding } from '../output/documents.js';
import type { Ports } from '../session.js';

type ServicePorts = ReturnType<Ports['serviceNamed']>;

/** What was found by looking: what is wrong, and what could be better. */
export interface Looked {
  readonly problems: readonly Finding[];
  readonly advice: readonly string[];
}

/** What the router and the metric sources say to plans: reads, never moves. */
export async function lookOnline(ports: Ports, plans: readonly CanaryPlan[]): Promise<Looked> {
  return together(await Promise.all(plans.map((plan) => lookAtPlan(ports, plan))));
}

function together(all: readonly Looked[]): Looked {
  return { problems: all.flatMap(({ problems }) => problems), advice: all.flatMap(({ advice }) => advice) };
}

function wrong(...problems: readonly Finding[]): Looked {
  return { problems, advice: [] };
}

async function lookAtPlan(ports: Ports, plan: CanaryPlan): Promise<Looked> {
  try {
    const service = ports.serviceNamed(plan.service);
    const weights = await readWeights(service);
    const baseline = plan.adopt ?? weights.find(({ percent }) => percent === 100)?.backend;
    if (baseline === undefined) return wrong(mixed(weights));
    const asked = [
      lookAtSplits(service, plan, baseline),
      lookAtCounts(service, plan, baseline),
      lookAtInterval(service, plan, baseline),
      ...queriesOf(plan).map((one) => lookAtQuery(service, plan, baseline, one)),
    ];
    return together(await Promise.all(asked));
  } catch (error) {
    return wrong(findingOf(error, 'online.router', 'service'));
  }
}

/** @throws HeadgateError when an instance cannot be read. */
async function readWeights({ router, route }: ServicePorts): Promise<Weights> {
  const instances = await router.readWeights(route);
  for (const instance of instances)
    if ('unreachable' in instance)
      throw new HeadgateError('ADAPTER_UNAVAILABLE', `${instance.instance} cannot be read: ${instance.unreachable}`, {
        expected: 'every configured instance of the router reachable',
        remedy: 'Start it, or take it out of headgate.yaml if it is gone for good',
      });
  return instances.flatMap((instance) => ('weights' in instance ? instance.weights : []));
}

function mixed(weights: Weights): Finding {
  return {
    rule: 'online.weights',
    path: 'service',
    message: 'No backend has all the traffic',
    expected: 'one backend at 100 %',
    got: describeWeights(weights),
    remedy: 'Finish or abort what is under way, or start with --adopt BASELINE',
    at: null,
  };
}

/** Whether every stage could be written as the data plane is configured: a rollout would find out after its start. */
async function lookAtSplits({ router, route }: ServicePorts, plan: CanaryPlan, baseline: string): Promise<Looked> {
  const candidate = Object.keys(route.targets).find((backend) => backend !== baseline) ?? baseline;
  const splits = plan.stages.map(({ trafficPercent }) => splitBetween({ baseline, candidate }, trafficPercent));
  try {
    const obstacles = await router.whyNotSplittable(route, splits);
    return wrong(
      ...obstacles.map(({ message, expected, remedy }) => ({
        rule: 'online.split',
        path: 'service',
        message,
        expected,
        got: null,
        remedy,
        at: null,
      })),
    );
  } catch (error) {
    return wrong(findingOf(error, 'online.split', 'service'));
  }
}

/** So many intervals are asked for: the newest may not be known yet. */
const INTERVALS = 5;

/** A source that has just been started remembers no whole interval. */
const RECENTLY_MS = 2000;

async function lookAtCounts(service: ServicePorts, plan: CanaryPlan, baseline: string): Promise<Looked> {
  const { metrics } = service;
  const { checks } = plan.analysis;
  const stepMs = plan.monitoringIntervalMs;
  const toMs = Date.now();
  const ask = (rangeMs: number, partMs: number): ReturnType<typeof metrics.samples> =>
    metrics.samples({ ...backendOf(service, baseline), fromMs: toMs - rangeMs, toMs, stepMs: partMs });
  try {
    const asked = await ask(INTERVALS * stepMs, stepMs);
    const isKnown = asked.some((sample) => sample !== 'no-data');
    const samples = isKnown ? asked : await ask(RECENTLY_MS, RECENTLY_MS);
    const problems = samples.every((sample) => sample === 'no-data') ? [noCounts(baseline)] : [];
    if (asksForLatencies(checks) && (metrics.countsLatencies === false || lacksLatencies(samples)))
      problems.push(noLatencies());
    const caveats = (await metrics.caveats?.(backendOf(service, baseline))) ?? [];
    return { problems, advice: [...boundsBetweenEdges(checks, samples).map(adviceOnBound), ...caveats] };
  } catch (error) {
    return wrong(findingOf(error, 'online.metrics', 'checks'));
  }
}

function backendOf({ route }: ServicePorts, backend: string): { service: string; backend: string; target: string } {
  return { service: route.service, backend, target: route.targets[backend] ?? backend };
}

function noCounts(baseline: string): Finding {
  return {
    rule: 'online.metrics',
    path: 'checks',
    message: `The metric source has no data of ${baseline}, which has all the traffic`,
    expected: 'counts of the last minutes',
    got: 'no data',
    remedy: 'Look whether the data plane is scraped, and whether route: and target: in headgate.yaml are its labels',
    at: null,
  };
}

function noLatencies(): Finding {
  return {
    rule: 'online.latency',
    path: 'checks',
    message: 'A check asks for latencies, and the metric source counts none',
    expected: 'a latency histogram',
    got: 'requests and errors only',
    remedy: 'Leave the check out, ask a query of your own for it, or name a source that has a histogram',
    at: null,
  };
}

/** A step in which the source did not look has no data. */
async function lookAtInterval(service: ServicePorts, plan: CanaryPlan, baseline: string): Promise<Looked> {
  const seconds = (ms: number): string => `${String(Math.round(ms / 100) / 10)}s`;
  try {
    const resolutionMs = (await service.metrics.resolutionMs?.(backendOf(service, baseline))) ?? 'no-data';
    if (resolutionMs === 'no-data' || plan.monitoringIntervalMs >= 2 * resolutionMs) return wrong();
    return wrong({
      rule: 'online.interval',
      path: 'monitoringInterval',
      message: `The metric source looks every ${seconds(resolutionMs)}: intervals without data would hold the rollout`,
      expected: `at least ${seconds(2 * resolutionMs)}, twice as long`,
      got: seconds(plan.monitoringIntervalMs),
      remedy: 'Make monitoringInterval longer, or scrape more often',
      at: null,
    });
  } catch (error) {
    // That it cannot be asked is told by the look at the counts.
    if (error instanceof HeadgateError) return wrong();
    throw error;
  }
}

interface Query {
  readonly path: string;
  readonly query: string;
  readonly source: string | undefined;
}

function queriesOf({ analysis }: CanaryPlan): Query[] {
  return analysis.checks.flatMap((check: Check, index) =>
    'query' in check
      ? [
          {
            path: `checks[${String(index)}].query`,
            query: check.query,
            source: 'source' in check ? check.source : undefined,
          },
        ]
      : [],
  );
}

async function lookAtQuery(
  { metrics, sources = {}, route, service }: ServicePorts,
  plan: CanaryPlan,
  baseline: string,
  { path, query, source: name }: Query,
): Promise<Looked> {
  const source = name === undefined ? metrics : sources[name];
  if (source === undefined) return wrong(noSource(path, name ?? '', Object.keys(sources)));
  const values = { service, backend: route.targets[baseline] ?? baseline, version: plan.version ?? '' };
  try {
    const filled = source.fill?.(query, values) ?? asWritten(query, values);
    const value = await source.scalar({ query: filled, atMs: Date.now(), windowMs: plan.monitoringIntervalMs });
    if (typeof value === 'number' && Number.isFinite(value)) return wrong();
    return wrong({
      rule: 'online.query',
      path,
      message: `The query says nothing for ${baseline}: ${filled}`,
      expected: 'one finite number',
      got: value === 'no-data' ? 'no data' : String(value),
      remedy: 'Run the query by hand and correct it',
      at: null,
    });
  } catch (error) {
    return wrong(findingOf(error, 'online.query', path));
  }
}

function asWritten(query: string, values: Readonly<Record<string, string>>): string {
  return query.replaceAll(/\{\{(service|backend|version)\}\}/g, (_, variable: string) => values[variable] ?? '');
}

function noSource(path: string, got: string, known: readonly string[]): Finding {
  return {
    rule: 'online.source',
    path,
    message: 'No metric source has this name',
    expected: known.join(', '),
    got,
    remedy: 'Correct source:, or add it under metrics: in headgate.yaml',
    at: null,
  };
}

function findingOf(error: unknown, rule: string, path: string): Finding {
  if (!(error instanceof HeadgateError)) throw error;
  const { message, expected = null, got = null, remedy = null } = error;
  return { rule, path, message, expected, got, remedy, at: null };
}
