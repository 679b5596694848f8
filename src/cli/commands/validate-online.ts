import { HeadgateError } from '../../domain/errors.js';
import type { Check } from '../../domain/analysis/plan.js';
import type { CanaryPlan } from '../../domain/rollout/plan.js';
import { describeWeights, type Weights } from '../../domain/rollout/weights.js';
import type { Finding } from '../output/documents.js';
import type { Ports } from '../session.js';

type ServicePorts = ReturnType<Ports['serviceNamed']>;

/** What the router and the metric sources say to plans: reads, never moves. */
export async function lookOnline(ports: Ports, plans: readonly CanaryPlan[]): Promise<Finding[]> {
  const findings = await Promise.all(plans.map((plan) => lookAtPlan(ports, plan)));
  return findings.flat();
}

async function lookAtPlan(ports: Ports, plan: CanaryPlan): Promise<Finding[]> {
  try {
    const service = ports.serviceNamed(plan.service);
    const weights = await readWeights(service);
    const baseline = plan.adopt ?? weights.find(({ percent }) => percent === 100)?.backend;
    if (baseline === undefined) return [mixed(weights)];
    const asked = [
      lookAtCounts(service, plan, baseline),
      ...queriesOf(plan).map((one) => lookAtQuery(service, plan, baseline, one)),
    ];
    return (await Promise.all(asked)).flat();
  } catch (error) {
    return [findingOf(error, 'online.router', 'service')];
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

async function lookAtCounts(service: ServicePorts, plan: CanaryPlan, baseline: string): Promise<Finding[]> {
  const toMs = Date.now();
  const stepMs = plan.monitoringIntervalMs;
  try {
    const { route } = service;
    const target = route.targets[baseline] ?? baseline;
    await service.metrics.samples({
      service: route.service,
      backend: baseline,
      target,
      fromMs: toMs - stepMs,
      toMs,
      stepMs,
    });
    return [];
  } catch (error) {
    return [findingOf(error, 'online.metrics', 'checks')];
  }
}

interface Query {
  readonly path: string;
  readonly query: string;
}

function queriesOf({ analysis }: CanaryPlan): Query[] {
  return analysis.checks.flatMap((check: Check, index) =>
    'query' in check ? [{ path: `checks[${String(index)}].query`, query: check.query }] : [],
  );
}

async function lookAtQuery(
  { metrics, route, service }: ServicePorts,
  plan: CanaryPlan,
  baseline: string,
  { path, query }: Query,
): Promise<Finding[]> {
  const filled = query
    .replaceAll('{{service}}', service)
    .replaceAll('{{backend}}', route.targets[baseline] ?? baseline)
    .replaceAll('{{version}}', plan.version ?? '');
  try {
    const value = await metrics.scalar({ query: filled, atMs: Date.now(), windowMs: plan.monitoringIntervalMs });
    if (typeof value === 'number' && Number.isFinite(value)) return [];
    return [
      {
        rule: 'online.query',
        path,
        message: `The query says nothing for ${baseline}: ${filled}`,
        expected: 'one finite number',
        got: value === 'no-data' ? 'no data' : String(value),
        remedy: 'Run the query by hand and correct it',
        at: null,
      },
    ];
  } catch (error) {
    return [findingOf(error, 'online.query', path)];
  }
}

function findingOf(error: unknown, rule: string, path: string): Finding {
  if (!(error instanceof HeadgateError)) throw error;
  const { message, expected = null, got = null, remedy = null } = error;
  return { rule, path, message, expected, got, remedy, at: null };
}
