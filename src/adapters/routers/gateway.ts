import { AdapterUnavailableError, HeadgateError } from '../../domain/errors.js';
import { describeWeights, sameWeights, type Weights } from '../../domain/rollout/weights.js';
import type { InstanceWeights, Route, TrafficRouter, WriteLimits } from '../../ports/traffic-router.js';
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
    setWeights: (route, weights, limits) => setWeights(admins, route, weights, limits),
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
      ? { instance, weights: inSlots(route, answer.value) }
      : { instance, unreachable: describeFailure(answer.reason) };
  });
}

async function setWeights(
  admins: readonly GatewayAdmin[],
  route: Route,
  weights: Weights,
  limits: WriteLimits = {},
): Promise<void> {
  const { signal } = limits;
  const wanted = inTargets(route, weights);
  signal?.throwIfAborted();
  const told = await Promise.allSettled(
    admins.map(async (admin) => {
      const now = await admin.setWeights(route.service, wanted, limits);
      if (!sameWeights(now, wanted))
        throw new Error(`was told ${describeWeights(wanted)} but does ${describeWeights(now)}`);
    }),
  );
  signal?.throwIfAborted();
  const failures = told.flatMap((answer, index) =>
    answer.status === 'rejected' ? [describeInstanceFailure(admins[index]?.instance ?? '', answer.reason)] : [],
  );
  if (failures.length === 0) return;
  throw new AdapterUnavailableError(
    NAME,
    `${String(failures.length)} of ${String(admins.length)} instances could not be told`,
    {
      expected: describeWeights(weights),
      got: failures.join('; '),
    },
  );
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
