import { setTimeout as sleep } from 'node:timers/promises';
import { AdapterUnavailableError } from '../../../domain/errors.js';
import { PARTS_PER_WHOLE } from '../../../domain/percent.js';
import { NO_FENCE } from '../../../domain/traffic/fence.js';
import type { Weights } from '../../../domain/traffic/weights.js';
import type { Route, SplitObstacle } from '../../../ports/traffic-router.js';
import { sameSplit, type ClusterWeight, type ServedSplit } from '../../envoy/served-routes.js';
import { inWords } from './failure.js';
import { describe, UnknownRoute, UnreadableRoute, type EnvoyInstance } from './instance.js';
import { inClusters } from './names.js';
import type { RouteFile, WrittenRoute } from './route-file.js';
import type { RouteFileWriter } from './route-file-writer.js';

const LOOK_AGAIN_MS = 20;

/** Why the splits could not be written to a file, or would not be served by the instances that have their routes from it. */
export async function obstaclesOf(
  writer: RouteFileWriter,
  instances: readonly EnvoyInstance[],
  route: Route,
  splits: readonly Weights[],
  timeoutMs: number,
): Promise<readonly SplitObstacle[]> {
  const wanted = splits.map((split) => inClusters(route, split));
  const [inFile, ...served] = await Promise.all([
    obstaclesInFile(writer, route.service, wanted),
    ...instances.map((instance) => obstaclesAt(instance, writer, route.service, wanted, timeoutMs)),
  ]);
  return unlike([...inFile, ...served.flat()]);
}

async function obstaclesInFile(
  writer: RouteFileWriter,
  route: string,
  splits: readonly (readonly ClusterWeight[])[],
): Promise<SplitObstacle[]> {
  let file: RouteFile;
  try {
    file = await writer.file();
  } catch (error) {
    return [obstacle(error, false)];
  }
  return splits.flatMap((split) => {
    const refusal = refusalOf(file, route, split);
    if (refusal === null) return [];
    const isEvenAlone = split.some(
      ({ cluster }) => refusalOf(file, route, [{ cluster, weight: PARTS_PER_WHOLE }]) !== null,
    );
    return [obstacle(refusal, isEvenAlone)];
  });
}

function refusalOf(file: RouteFile, route: string, split: readonly ClusterWeight[]): unknown {
  try {
    file.with(route, split, NO_FENCE);
    return null;
  } catch (error) {
    return error;
  }
}

async function obstaclesAt(
  instance: EnvoyInstance,
  writer: RouteFileWriter,
  route: string,
  splits: readonly (readonly ClusterWeight[])[],
  timeoutMs: number,
): Promise<SplitObstacle[]> {
  const [apart, clusters] = await Promise.all([
    servesAnother(instance, writer, route, timeoutMs).catch((error: unknown) => ofRoute(instance, error)),
    instance.clusters().catch(() => null),
  ]);
  const users = splits.flat().filter(({ weight }) => weight > 0);
  const unknown = clusters === null ? [] : users.filter(({ cluster }) => !clusters.has(cluster));
  return [
    ...(apart === null ? [] : [apart]),
    ...unknown.map(({ cluster }) => ({
      message: `${instance.url} knows no cluster ${cluster}: its users would get 503`,
      expected: `a cluster named ${cluster}`,
      remedy: 'Add the cluster to Envoy, or correct target: of the backend in headgate.yaml.',
      forbidsEveryWrite: true,
    })),
  ];
}

/** A route that it does not have, or cannot be read, is in the way; an instance that cannot be asked is left out. */
function ofRoute({ url }: EnvoyInstance, error: unknown): SplitObstacle | null {
  if (error instanceof UnreadableRoute) {
    return {
      message: `${url}: ${error.message}`,
      expected: 'weighted_clusters that nobody else can override',
      remedy: error.remedy,
      forbidsEveryWrite: false,
    };
  }
  if (!(error instanceof UnknownRoute)) return null;
  return {
    message: `${url}: ${error.message}`,
    expected: 'an Envoy that has its routes from the file that is written',
    remedy: 'Correct routes: of that instance in headgate.yaml, or let its rds read the file.',
    forbidsEveryWrite: false,
  };
}

/** A file that was changed a moment ago is taken up a moment later. */
async function servesAnother(
  instance: EnvoyInstance,
  writer: RouteFileWriter,
  route: string,
  timeoutMs: number,
): Promise<SplitObstacle | null> {
  const endsAtMs = performance.now() + timeoutMs;
  for (;;) {
    const served = await instance.splitOf(route);
    const says = await writer.file().then(
      (file) => whatItSays(file, route),
      () => null,
    );
    if (says === null || isServed(says, served)) return null;
    if (performance.now() >= endsAtMs) {
      return {
        message: `${instance.url} serves ${describe(served.weights, served.fence)}, and its file says ${describe(says.weights, says.fence)}${await instance.why()}`,
        expected: 'an Envoy that serves what its file says',
        remedy: 'Correct routes: of that instance in headgate.yaml, or what its Envoy refuses in the file.',
        forbidsEveryWrite: false,
      };
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

/** What is wrong with the file itself is told by itself. */
function whatItSays(file: RouteFile, route: string): WrittenRoute | null {
  try {
    return file.whatItSays(route);
  } catch (error) {
    if (error instanceof AdapterUnavailableError) return null;
    throw error;
  }
}

function isServed(says: WrittenRoute, served: ServedSplit): boolean {
  return sameSplit(says.weights, served.weights) && says.fence === served.fence;
}

function obstacle(error: unknown, forbidsEveryWrite: boolean): SplitObstacle {
  const known = error instanceof AdapterUnavailableError ? error : null;
  return {
    message: inWords(error),
    expected: known?.expected ?? 'a route that Headgate can change',
    remedy: known?.remedy ?? 'docs/envoy.md shows how it should look.',
    forbidsEveryWrite,
  };
}

/** Each once, however many splits and instances meet it. */
function unlike(obstacles: readonly SplitObstacle[]): readonly SplitObstacle[] {
  return obstacles.filter(({ message }, index) => obstacles.findIndex((one) => one.message === message) === index);
}
