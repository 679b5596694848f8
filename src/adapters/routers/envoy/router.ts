import { AdapterUnavailableError, HeadgateError } from '../../../domain/errors.js';
import { describeWeights, type Weights } from '../../../domain/traffic/weights.js';
import type {
  InstanceWeights,
  Route,
  TrafficRouter,
  WeightChange,
  WriteLimits,
  WriteOptions,
} from '../../../ports/traffic-router.js';
import type { Written } from '../../files/shared-file.js';
import { describeFailure } from '../../http/json-client.js';
import { readEach } from '../read-each.js';
import { NotKept, notEverywhere, notEveryChange, type FailedChange, type Failure } from '../write-failures.js';
import { envoyFailure, inWords, NAME } from './failure.js';
import { EnvoyInstance, UnknownRoute, UnreadableRoute } from './instance.js';
import { inClusters, inSlots } from './names.js';
import { obstaclesOf } from './obstacles.js';
import { RouteFileWriter, type RouteWrite } from './route-file-writer.js';

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

/** Splits traffic by the RDS files of Envoys, and reads back from their admin APIs. The route is named as the service. */
export function createEnvoyRouter({ instances, timeoutMs }: EnvoyRouterOptions): TrafficRouter {
  const writers = new Map(instances.map(({ routes }) => [routes, new RouteFileWriter(routes)]));
  const all = instances.map(({ admin, routes }) => ({ routes, instance: new EnvoyInstance(admin, timeoutMs) }));
  const groups = [...writers].map(([path, writer]): FileGroup => ({
    writer,
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
      const files = [...writers.keys()];
      return weights.map((one, index) => withTrouble(one, troubles[files.indexOf(all[index]?.routes ?? '')] ?? null));
    },
    setWeights: (route, weights, options) => setWeights(groups, route, weights, options),
    setMany: (changes, limits) => setMany(groups, changes, limits),
    async whyNotSplittable(route, splits) {
      const perGroup = groups.map(({ writer, instances: own }) => obstaclesOf(writer, own, route, splits, timeoutMs));
      return (await Promise.all(perGroup)).flat();
    },
  };
}

/** Envoy serves on what it has; but of what it shall do, and of what it does after its next start, its file decides. */
function withTrouble(read: InstanceWeights, trouble: Error | null): InstanceWeights {
  if (trouble === null || 'unreachable' in read) return read;
  return { ...read, fleeting: `its route file cannot be changed: ${inWords(trouble)}` };
}

async function readWeights(instances: readonly EnvoyInstance[], route: Route): Promise<readonly InstanceWeights[]> {
  return readEach(instances, {
    nameOf: ({ url }) => url,
    read: async (instance) => {
      const { weights, fence } = await instance.splitOf(route.service);
      return { instance: instance.url, weights: inSlots(route, weights), fence };
    },
    isOfConfiguration: isAboutTheRoute,
    inWords: describeFailure,
    none: (failures) => {
      const unreadable = failures.map(({ error }) => error).find((error) => error instanceof UnreadableRoute);
      return envoyFailure(`no instance has a route ${route.service} that can be split`, {
        expected: `a route with the name ${route.service} and weighted_clusters, in the RDS file`,
        got: failures.map(({ instance, error }) => `${instance}: ${describeFailure(error)}`).join('; '),
        remedy:
          unreadable?.remedy ??
          'Add it to the RDS file as docs/envoy.md shows, or correct route: under services in headgate.yaml.',
      });
    },
  });
}

async function setWeights(
  groups: readonly FileGroup[],
  route: Route,
  weights: Weights,
  { signal, notAfterMs, ...write }: WriteOptions,
): Promise<void> {
  const wanted = { route: route.service, weights: inClusters(route, weights), ...write };
  signal?.throwIfAborted();
  const failures = (
    await Promise.all(groups.map((group) => writeInGroup(group, wanted, { signal, notAfterMs })))
  ).flat();
  signal?.throwIfAborted();
  if (failures.length === 0) return;
  const count = groups.reduce((sum, { instances }) => sum + instances.length, 0);
  throw couldNotBeTold(failures, count, weights);
}

/** What waits together in a writer is one write. */
async function setMany(
  groups: readonly FileGroup[],
  changes: readonly WeightChange[],
  limits: WriteLimits = {},
): Promise<void> {
  limits.signal?.throwIfAborted();
  const all = await Promise.all(
    changes.map(async ({ route, weights, ...write }): Promise<FailedChange> => {
      const { service } = route;
      try {
        const wanted = { route: service, weights: inClusters(route, weights), ...write };
        const failures = await Promise.all(groups.map((group) => writeInGroup(group, wanted, limits)));
        return { service, failures: failures.flat() };
      } catch (error) {
        if (!(error instanceof HeadgateError)) throw error;
        return { service, failures: groups.flatMap((group) => everywhere(group, error)) };
      }
    }),
  );
  limits.signal?.throwIfAborted();
  const failed = all.filter(({ failures }) => failures.length > 0);
  if (failed.length > 0) throw notEveryChange(NAME, failed, changes.length, inWords);
}

async function writeInGroup(group: FileGroup, write: RouteWrite, limits: WriteLimits): Promise<readonly Failure[]> {
  let written: Written;
  try {
    written = await group.writer.write(write, limits);
  } catch (error) {
    return everywhere(group, error);
  }
  const served = await Promise.all(group.instances.map((instance) => whyNotServed(instance, write, limits)));
  // The disk had time until all had taken it up.
  const lost = await written.kept;
  return served.flatMap((failure, index): Failure[] => {
    if (failure !== null) return [failure];
    return lost === null ? [] : [{ instance: group.instances[index]?.url ?? '', error: new NotKept(lost.message) }];
  });
}

async function whyNotServed(
  instance: EnvoyInstance,
  write: RouteWrite,
  { signal }: WriteLimits,
): Promise<Failure | null> {
  try {
    await instance.serves(write.route, write.weights, write, signal);
    return null;
  } catch (error) {
    return { instance: instance.url, error };
  }
}

function everywhere({ instances }: FileGroup, error: unknown): Failure[] {
  return instances.map(({ url }) => ({ instance: url, error }));
}

/** One error for all; where every instance fails for one reason that knows a remedy, that one. */
function couldNotBeTold(failures: readonly Failure[], count: number, weights: Weights): AdapterUnavailableError {
  const [first] = failures;
  const isShared = failures.length === count && failures.every(({ error }) => error === first?.error);
  const shared = isShared && first?.error instanceof AdapterUnavailableError ? first.error : null;
  const names = failures.map(({ instance }) => instance).join(', ');
  return notEverywhere(NAME, failures, {
    what: 'do not serve what was set',
    notKept: 'the weights are in the route file, but a power cut might lose them',
    count,
    expected: shared?.expected ?? describeWeights(weights),
    got:
      shared === null
        ? failures.map(({ instance, error }) => `${instance}: ${inWords(error)}`).join('; ')
        : `${names}: ${inWords(shared)}`,
    remedy: shared?.remedy,
  });
}

function isAboutTheRoute(reason: unknown): boolean {
  return reason instanceof UnknownRoute || reason instanceof UnreadableRoute;
}
