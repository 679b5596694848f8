import type { Weights } from '../../../domain/traffic/weights.js';
import type { Route, SplitObstacle } from '../../../ports/traffic-router.js';
import { HeadgateError } from '../../../domain/errors.js';
import type { HaproxyInstance } from './instance.js';
import { lookAtFile } from './map-file.js';
import { readService } from './reading.js';
import { HaproxyRefusal } from './refusal.js';
import { splitOf } from './split.js';

/** Why the splits could not be written: to the instances, to the file of each, or as one entry at all. */
export async function obstaclesOf(
  instances: readonly HaproxyInstance[],
  files: readonly (string | null)[],
  route: Route,
  splits: readonly Weights[],
): Promise<readonly SplitObstacle[]> {
  const paths = [...new Set(files)].filter((path) => path !== null);
  const found = await Promise.all([
    ...instances.map((instance) => obstacleAt(instance, route, neededBy(route, splits))),
    ...paths.map((path) => obstacleInFile(path, route.service)),
  ]);
  const impossible = splits.map((split) => obstacleOf(route, split)).find((one) => one !== null);
  return [...(impossible === undefined ? [] : [impossible]), ...found].filter((one) => one !== null);
}

/** The backends that get users by any of the splits; all of the route's where there is none. */
function neededBy({ targets }: Route, splits: readonly Weights[]): readonly string[] {
  const used = splits.flatMap((split) => split.filter(({ percent }) => percent > 0).map(({ backend }) => backend));
  return Object.entries(targets).flatMap(([slot, target]) =>
    splits.length === 0 || used.includes(slot) ? [target] : [],
  );
}

/** One that cannot be asked is left out. */
async function obstacleAt(
  instance: HaproxyInstance,
  route: Route,
  needed: readonly string[],
): Promise<SplitObstacle | null> {
  try {
    await readService(instance, route, needed);
    return null;
  } catch (error) {
    if (!(error instanceof HaproxyRefusal) || error.code === 'OTHER') return null;
    return { message: `${instance.socket} ${error.message}`, ...error.facts, forbidsEveryWrite: true };
  }
}

async function obstacleInFile(path: string, key: string): Promise<SplitObstacle | null> {
  const { whyNotWritable: reason } = await lookAtFile(path, key);
  if (reason === null) return null;
  return {
    message: `the map file cannot be written, so a restart would lose the weights: ${reason}`,
    expected: `a file with a line such as "${key} green/0/blue", in a folder that the worker may write`,
    remedy: 'Correct mapFile: of the instance in headgate.yaml, or the file, or the rights of its folder',
    forbidsEveryWrite: false,
  };
}

function obstacleOf(route: Route, split: Weights): SplitObstacle | null {
  try {
    splitOf(route, split);
    return null;
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error;
    const { message, expected = 'shares of two backends', got = '' } = error;
    return { message, expected, remedy: `Split between two backends only, not ${got}`, forbidsEveryWrite: false };
  }
}
