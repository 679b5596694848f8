import { AdapterUnavailableError, HeadgateError } from '../../domain/errors.js';
import { isFence } from '../../domain/traffic/fence.js';
import { describeWeights, sameWeights, type Weights } from '../../domain/traffic/weights.js';
import type {
  InstanceWeights,
  ReadOptions,
  Route,
  SplitObstacle,
  TrafficRouter,
  WeightChange,
  WriteLimits,
  WriteOptions,
} from '../../ports/traffic-router.js';
import {
  createGatewayAdmins,
  GatewayRefusal,
  type BulkAnswer,
  type GatewayAdmin,
  type GatewayInstances,
  type RouteChange,
  type TargetWeights,
} from '../gateway/admin-api.js';
import { describeFailure } from '../http/json-client.js';
import { readEach } from './read-each.js';
import { slotOf, targetOf } from './targets.js';
import {
  NotKept,
  notEverywhere,
  notEveryChange,
  StaleInstance,
  type FailedChange,
  type Failure,
} from './write-failures.js';

const NAME = 'router "gateway"';

/**
 * Splits traffic by telling every instance of the embedded data plane. The route is named as the service.
 *
 * A change whose time is over is not sent. One that has been sent in time is not called back: a gateway that gets it
 * late decides by its fence whether it still applies.
 */
export function createGatewayRouter(options: GatewayInstances): TrafficRouter {
  const admins = createGatewayAdmins(options);
  return {
    readWeights: (route, options) => readWeights(admins, route, options),
    setWeights: (route, weights, options) => setWeights(admins, route, weights, options),
    setMany: (changes, limits) => setMany(admins, changes, limits),
    whyNotSplittable: (route) => whyNotSplittable(admins, route),
  };
}

async function readWeights(
  admins: readonly GatewayAdmin[],
  route: Route,
  options?: ReadOptions,
): Promise<readonly InstanceWeights[]> {
  return readEach(admins, {
    nameOf: ({ instance }) => instance,
    read: async (admin) => {
      const { weights, fence } = await admin.weights(route.service, options);
      return { instance: admin.instance, weights: inSlots(route, weights), fence };
    },
    isOfConfiguration: isUnknownRoute,
    inWords: describeFailure,
    none: (failures) =>
      new AdapterUnavailableError(NAME, `no instance has a route for ${route.service}`, {
        expected: `a route named ${route.service}`,
        got: failures.map(({ error }) => describeFailure(error)).join('; '),
        remedy: 'Add the route to the gateway, or correct the name of the service.',
      }),
  });
}

async function setWeights(
  admins: readonly GatewayAdmin[],
  route: Route,
  weights: Weights,
  options: WriteOptions,
): Promise<void> {
  const { signal } = options;
  const wanted = inTargets(route, weights);
  signal?.throwIfAborted();
  const told = await Promise.allSettled(admins.map((admin) => tell(admin, route.service, wanted, options)));
  signal?.throwIfAborted();
  const failures = told.flatMap((answer, index): Failure[] =>
    answer.status === 'rejected' ? [{ instance: admins[index]?.instance ?? '', error: asStale(answer.reason) }] : [],
  );
  if (failures.length === 0) return;
  throw notEverywhere(NAME, failures, {
    what: 'could not be told',
    count: admins.length,
    notKept: 'the weights are not in the state file: a restart would lose them',
    expected: describeWeights(weights),
    got: failures.map(({ instance, error }) => `${instance}: ${describeFailure(error)}`).join('; '),
  });
}

async function tell(admin: GatewayAdmin, service: string, wanted: TargetWeights, options: WriteOptions): Promise<void> {
  const { weights, fence, saveError } = await admin.setWeights(service, wanted, options);
  if (!sameWeights(weights, wanted))
    throw new Error(`was told ${describeWeights(wanted)} but does ${describeWeights(weights)}`);
  if (fence < options.fence)
    throw new Error(`was told fence ${String(options.fence)} but bears ${String(fence)}: is it of an earlier version?`);
  if (saveError !== null) throw new NotKept(saveError);
}

async function setMany(
  admins: readonly GatewayAdmin[],
  changes: readonly WeightChange[],
  limits: WriteLimits = {},
): Promise<void> {
  limits.signal?.throwIfAborted();
  const wanted = changes.map(readChange);
  const told = await Promise.all(
    admins.map(async (admin): Promise<readonly (Failure | null)[]> => {
      const { instance } = admin;
      const possible = wanted.filter((one): one is RouteChange => !(one instanceof HeadgateError));
      const answer = await admin.setMany(possible, limits).catch((error: unknown) => ({ error }));
      return wanted.map((one) => {
        const error = one instanceof HeadgateError ? one : whyNotMade(answer, possible.indexOf(one));
        return error === null ? null : { instance, error };
      });
    }),
  );
  limits.signal?.throwIfAborted();
  const failed = changes.flatMap(({ route }, index): FailedChange[] => {
    const failures = told.flatMap((answers) => answers[index] ?? []);
    return failures.length === 0 ? [] : [{ service: route.service, failures }];
  });
  if (failed.length > 0) throw notEveryChange(NAME, failed, changes.length, describeFailure);
}

/** What the gateway is told; the refusal where the change says what cannot be. */
function readChange({ route, weights, fence, onlyIfFence }: WeightChange): RouteChange | HeadgateError {
  try {
    return { route: route.service, weights: inTargets(route, weights), fence, onlyIfFence };
  } catch (error) {
    if (error instanceof HeadgateError) return error;
    throw error;
  }
}

function whyNotMade(answer: BulkAnswer | { readonly error: unknown }, index: number): unknown {
  if ('error' in answer) return answer.error;
  const refusal = answer.refusals[index] ?? null;
  if (refusal !== null) return asStale(refusal);
  return answer.saveError === null ? null : new NotKept(answer.saveError);
}

/** A gateway splits every route between all its backends: it has to have them. */
async function whyNotSplittable(
  admins: readonly GatewayAdmin[],
  { service, targets }: Route,
): Promise<SplitObstacle[]> {
  const answers = await Promise.allSettled(admins.map((admin) => admin.backends(service)));
  const wanted = Object.values(targets);
  return answers.flatMap((answer, index) => {
    const instance = admins[index]?.instance ?? '';
    if (answer.status === 'rejected') return isUnknownRoute(answer.reason) ? [withoutRoute(instance, service)] : [];
    const missing = wanted.filter((target) => !answer.value.includes(target));
    if (missing.length === 0) return [];
    return [
      {
        message: `${instance}: its route ${service} has no backend ${missing.join(' and ')}`,
        expected: `the backends ${wanted.join(' and ')}`,
        remedy: 'Add the backend to the route of the gateway, or correct target: of the backend in headgate.yaml',
        forbidsEveryWrite: true,
      },
    ];
  });
}

function withoutRoute(instance: string, service: string): SplitObstacle {
  return {
    message: `${instance}: it has no route ${service}`,
    expected: `a route named ${service} on every instance`,
    remedy: 'Add the route to that gateway, or correct route: of the service in headgate.yaml',
    forbidsEveryWrite: true,
  };
}

function inTargets(route: Route, weights: Weights): TargetWeights {
  return weights.map(({ backend, percent }) => ({ backend: targetOf(route, backend), percent }));
}

function inSlots(route: Route, weights: TargetWeights): Weights {
  return weights.map(({ backend, percent }) => ({ backend: slotOf(route, backend), percent }));
}

function asStale(reason: unknown): unknown {
  if (!(reason instanceof GatewayRefusal) || reason.code !== 'STALE_FENCE') return reason;
  const fence = Number(reason.got);
  return isFence(fence) ? new StaleInstance(fence) : reason;
}

function isUnknownRoute(reason: unknown): boolean {
  return reason instanceof GatewayRefusal && reason.code === 'UNKNOWN_ROUTE';
}
