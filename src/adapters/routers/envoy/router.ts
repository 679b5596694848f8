import { AdapterUnavailableError, HeadgateError } from '../../../domain/errors.js';
import { roundPercent, toParts } from '../../../domain/percent.js';
import { NO_FENCE } from '../../../domain/rollout/fence.js';
import { describeWeights, type Weights } from '../../../domain/rollout/weights.js';
import type { InstanceWeights, Route, TrafficRouter, WriteLimits } from '../../../ports/traffic-router.js';
import type { ClusterWeight } from '../../envoy/served-routes.js';
import { describeFailure } from '../../http/json-client.js';
import { envoyFailure } from './failure.js';
import { EnvoyInstance, UnknownRoute, UnreadableRoute } from './instance.js';
import { RouteFileWriter } from './route-file-writer.js';

/** Every Envoy that a service's requests go through, and the file from which it has its routes. */
export interface EnvoyRouterOptions {
  readonly instances: readonly {
    /** Base URL of its admin API. */
    readonly admin: string;
    /** Its RDS file; several instances may share one. */
    readonly routes: string;
  }[];
  /** How long one answer may take, and how long an instance may take to serve what its file says. */
  readonly timeoutMs: number;
}

/** The instances that share a file. */
interface FileGroup {
  readonly writer: RouteFileWriter;
  readonly instances: readonly EnvoyInstance[];
}

interface Failure {
  readonly instance: string;
  readonly error: unknown;
}

/** Splits traffic by the RDS files of Envoys, and reads back from their admin APIs. The route is named as the service. */
export function createEnvoyRouter({ instances, timeoutMs }: EnvoyRouterOptions): TrafficRouter {
  const all = instances.map(({ admin, routes }) => ({ routes, instance: new EnvoyInstance(admin, timeoutMs) }));
  const groups = [...new Set(all.map(({ routes }) => routes))].map((path): FileGroup => ({
    writer: new RouteFileWriter(path),
    instances: all.filter(({ routes }) => routes === path).map(({ instance }) => instance),
  }));
  return {
    async readWeights(route) {
      const [weights, ...troubles] = await Promise.all([
        readWeights(
          all.map(({ instance }) => instance),
          route,
        ),
        ...groups.map(({ writer }) => writer.whyNotWritable(route.service)),
      ]);
      return weights.map((one, index) => {
        const group = groups.findIndex(({ instances }) =>
          instances.some((instance) => instance === all[index]?.instance),
        );
        return withTrouble(one, troubles[group] ?? null);
      });
    },
    setWeights: (route, weights, limits) => setWeights(groups, route, weights, limits),
    async setMany(changes, limits) {
      await Promise.all(changes.map(({ route, weights }) => setWeights(groups, route, weights, limits)));
    },
    whyNotSplittable: () => Promise.resolve([]),
  };
}

/** Envoy serves on what it has; but of what it shall do, and of what it does after its next start, its file decides. */
function withTrouble(read: InstanceWeights, trouble: Error | null): InstanceWeights {
  if (trouble === null || 'unreachable' in read) return read;
  return { ...read, fleeting: `its route file cannot be changed: ${inWords(trouble)}` };
}

async function readWeights(instances: readonly EnvoyInstance[], route: Route): Promise<readonly InstanceWeights[]> {
  const answers = await Promise.allSettled(instances.map((instance) => instance.weightsOf(route.service)));
  const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  if (reasons.length > 0 && reasons.length === instances.length && reasons.every(isAboutTheRoute)) {
    throw envoyFailure(`no instance has a route ${route.service} that can be split`, {
      expected: `a route with the name ${route.service} and weighted_clusters, in the RDS file`,
      got: instances.map(({ url }, index) => `${url}: ${describeFailure(reasons[index])}`).join('; '),
      remedy: 'Add it to the RDS file as docs/envoy.md shows, or correct route: under services in headgate.yaml.',
    });
  }
  return answers.map((answer, index): InstanceWeights => {
    const instance = instances[index]?.url ?? '';
    return answer.status === 'fulfilled'
      ? { instance, weights: inSlots(route, answer.value), fence: NO_FENCE }
      : { instance, unreachable: describeFailure(answer.reason) };
  });
}

async function setWeights(
  groups: readonly FileGroup[],
  route: Route,
  weights: Weights,
  limits: WriteLimits = {},
): Promise<void> {
  const { signal } = limits;
  const wanted = inClusters(route, weights);
  signal?.throwIfAborted();
  const failures = (await Promise.all(groups.map((group) => setInGroup(group, route.service, wanted, limits)))).flat();
  signal?.throwIfAborted();
  if (failures.length === 0) return;
  const count = groups.reduce((sum, { instances }) => sum + instances.length, 0);
  throw couldNotBeTold(failures, count, weights);
}

async function setInGroup(
  { writer, instances }: FileGroup,
  route: string,
  wanted: readonly ClusterWeight[],
  limits: WriteLimits,
): Promise<Failure[]> {
  try {
    await writer.write(route, wanted, limits);
  } catch (error) {
    return instances.map(({ url }) => ({ instance: url, error }));
  }
  const served = await Promise.allSettled(
    instances.map((instance) => instance.serves(route, () => writer.written(route), limits.signal)),
  );
  return served.flatMap((answer, index) =>
    answer.status === 'rejected' ? [{ instance: instances[index]?.url ?? '', error: answer.reason as unknown }] : [],
  );
}

/** One error for all; where every instance fails for one reason that knows a remedy, that one. */
function couldNotBeTold(failures: readonly Failure[], count: number, weights: Weights): AdapterUnavailableError {
  const [first] = failures;
  const isShared = failures.length === count && failures.every(({ error }) => error === first?.error);
  const shared = isShared && first?.error instanceof AdapterUnavailableError ? first.error : null;
  const names = failures.map(({ instance }) => instance).join(', ');
  return envoyFailure(`${String(failures.length)} of ${String(count)} instances do not serve what was set`, {
    expected: shared?.expected ?? describeWeights(weights),
    got:
      shared === null
        ? failures.map(({ instance, error }) => `${instance}: ${inWords(error)}`).join('; ')
        : `${names}: ${inWords(shared)}`,
    remedy: shared?.remedy,
  });
}

function inWords(error: unknown): string {
  if (!(error instanceof AdapterUnavailableError)) return describeFailure(error);
  const message = error.message.replace(/^router "envoy": /, '');
  return error.got === undefined ? message : `${message}: ${error.got}`;
}

/** In the order of the weights: the first owns the first slice of the hash range. */
function inClusters(route: Route, weights: Weights): readonly ClusterWeight[] {
  return weights.map(({ backend, percent }): ClusterWeight => {
    const cluster = route.targets[backend];
    if (cluster !== undefined) return { cluster, weight: toParts(percent) };
    throw new HeadgateError('UNKNOWN_BACKEND', `${route.service} has no backend ${backend}`, {
      expected: `one of ${Object.keys(route.targets).join(', ')}`,
      got: backend,
    });
  });
}

/** A cluster that the service does not know keeps its own name, so that its share is seen as drift. */
function inSlots(route: Route, weights: readonly ClusterWeight[]): Weights {
  const slotOf = new Map(Object.entries(route.targets).map(([slot, target]) => [target, slot]));
  const sum = weights.reduce((total, { weight }) => total + weight, 0);
  return weights.map(({ cluster, weight }) => ({
    backend: slotOf.get(cluster) ?? cluster,
    percent: roundPercent((weight / sum) * 100),
  }));
}

function isAboutTheRoute(reason: unknown): boolean {
  return reason instanceof UnknownRoute || reason instanceof UnreadableRoute;
}
