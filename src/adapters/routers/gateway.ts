import { AdapterUnavailableError, HeadgateError, StaleFenceError } from '../../domain/errors.js';
import { describeWeights, sameWeights, type Weights } from '../../domain/rollout/weights.js';
import type {
  InstanceWeights,
  Route,
  SplitObstacle,
  TrafficRouter,
  WeightChange,
  WriteLimits,
  WriteOptions,
} from '../../ports/traffic-router.js';
import {
  createGatewayAdmins,
  describeInstanceFailure,
  GatewayRefusal,
  type GatewayAdmin,
  type GatewayInstances,
  type TargetWeights,
} from '../gateway/admin-api.js';
import { describeFailure } from '../http/json-client.js';

const NAME = 'router "gateway"';

/**
 * Splits traffic by telling every instance of the embedded data plane. The route is named as the service.
 *
 * A change whose time is over is not sent. One that has been sent in time is not called back: a gateway that gets it
 * late does it late.
 */
export function createGatewayRouter(options: GatewayInstances): TrafficRouter {
  const admins = createGatewayAdmins(options);
  return {
    readWeights: (route) => readWeights(admins, route),
    setWeights: (route, weights, options) => setWeights(admins, route, weights, options),
    setMany: (changes, limits) => setMany(admins, changes, limits),
    whyNotSplittable: (route) => whyNotSplittable(admins, route),
  };
}

async function readWeights(admins: readonly GatewayAdmin[], route: Route): Promise<readonly InstanceWeights[]> {
  const answers = await Promise.allSettled(admins.map((admin) => admin.weights(route.service)));
  const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
  if (reasons.length > 0 && reasons.length === admins.length && reasons.every(isUnknownRoute)) {
    throw new AdapterUnavailableError(NAME, `no instance has a route for ${route.service}`, {
      expected: `a route named ${route.service}`,
      got: reasons.map(describeFailure).join('; '),
      remedy: 'Add the route to the gateway, or correct the name of the service.',
    });
  }
  return answers.map((answer, index): InstanceWeights => {
    const instance = admins[index]?.instance ?? '';
    return answer.status === 'fulfilled'
      ? { instance, weights: inSlots(route, answer.value.weights), fence: answer.value.fence }
      : { instance, unreachable: describeFailure(answer.reason) };
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
  const told = await Promise.allSettled(
    admins.map(async (admin) => {
      const now = (await admin.setWeights(route.service, wanted, options)).weights;
      if (!sameWeights(now, wanted))
        throw new Error(`was told ${describeWeights(wanted)} but does ${describeWeights(now)}`);
    }),
  );
  signal?.throwIfAborted();
  const failures = told.flatMap((answer, index): Failure[] =>
    answer.status === 'rejected' ? [{ instance: admins[index]?.instance ?? '', reason: answer.reason }] : [],
  );
  if (failures.length > 0) throw couldNotBeTold(failures, admins.length, weights);
}

interface Failure {
  readonly instance: string;
  readonly reason: unknown;
}

/** An outdated write is told as such only where every instance could be asked: otherwise it is not known yet. */
function couldNotBeTold(failures: readonly Failure[], count: number, weights: Weights): AdapterUnavailableError {
  const facts = {
    expected: describeWeights(weights),
    got: failures.map(({ instance, reason }) => describeInstanceFailure(instance, reason)).join('; '),
  };
  const fences = failures.flatMap(({ reason }) => staleFence(reason));
  if (fences.length === failures.length) {
    const message = `the write is outdated on ${String(failures.length)} of ${String(count)} instances`;
    return new StaleFenceError(NAME, message, Math.max(...fences), facts);
  }
  const message = `${String(failures.length)} of ${String(count)} instances could not be told`;
  return new AdapterUnavailableError(NAME, message, facts);
}

function staleFence(reason: unknown): readonly number[] {
  return reason instanceof GatewayRefusal && reason.code === 'STALE_FENCE' ? [Number(reason.got)] : [];
}

async function setMany(
  admins: readonly GatewayAdmin[],
  changes: readonly WeightChange[],
  limits: WriteLimits = {},
): Promise<void> {
  limits.signal?.throwIfAborted();
  const wanted = changes.map(({ route, weights, fence, onlyIfFence }) => ({
    route: route.service,
    weights: inTargets(route, weights),
    fence,
    onlyIfFence,
  }));
  const told = await Promise.allSettled(admins.map((admin) => admin.setMany(wanted, limits)));
  limits.signal?.throwIfAborted();
  const failures = told.flatMap((answer, index): string[] => {
    const instance = admins[index]?.instance ?? '';
    if (answer.status === 'rejected') return [describeInstanceFailure(instance, answer.reason)];
    return answer.value.flatMap(({ route, refusal }) =>
      refusal === undefined ? [] : [`${describeInstanceFailure(instance, refusal)} (${route})`],
    );
  });
  if (failures.length === 0) return;
  throw new AdapterUnavailableError(NAME, 'not every change of weights could be told', { got: failures.join('; ') });
}

/** A gateway splits every route between all its backends: it has to have them. */
async function whyNotSplittable(
  admins: readonly GatewayAdmin[],
  { service, targets }: Route,
): Promise<SplitObstacle[]> {
  const answers = await Promise.allSettled(admins.map((admin) => admin.backends(service)));
  return answers.flatMap((answer, index) => {
    if (answer.status === 'rejected') return [];
    const missing = Object.values(targets).filter((target) => !answer.value.includes(target));
    if (missing.length === 0) return [];
    return [
      {
        message: `${admins[index]?.instance ?? ''}: its route ${service} has no backend ${missing.join(' and ')}`,
        expected: `the backends ${Object.values(targets).join(' and ')}`,
        remedy: 'Add the backend to the route of the gateway, or correct target: of the backend in headgate.yaml',
      },
    ];
  });
}

function inTargets(route: Route, weights: Weights): TargetWeights {
  return weights.map(({ backend, percent }) => {
    const target = route.targets[backend];
    if (target !== undefined) return { backend: target, percent };
    throw new HeadgateError('UNKNOWN_BACKEND', `${route.service} has no backend ${backend}`, {
      expected: `one of ${Object.keys(route.targets).join(', ')}`,
      got: backend,
    });
  });
}

/** A backend that the service does not know keeps its own name, so that its share is seen as drift. */
function inSlots(route: Route, weights: TargetWeights): Weights {
  const slotOf = new Map(Object.entries(route.targets).map(([slot, target]) => [target, slot]));
  return weights.map(({ backend, percent }) => ({ backend: slotOf.get(backend) ?? backend, percent }));
}

function isUnknownRoute(reason: unknown): boolean {
  return reason instanceof GatewayRefusal && reason.code === 'UNKNOWN_ROUTE';
}
