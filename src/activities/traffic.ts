import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { describeWeights, sameWeights, type Weights } from '../domain/rollout/weights.js';
import { AdapterUnavailableError, WeightsNotLastingError } from '../domain/errors.js';
import type { Ports, ServicePorts } from '../ports/service.js';
import type { InstanceWeights } from '../ports/traffic-router.js';
import type { DriftReport, ReadDriftInput, SetWeightsInput, SetWeightsReport } from './contracts.js';
import { watchesAreNeedless } from './watch/needless.js';
import { rightOfWay } from './right-of-way.js';
import { Wakefulness } from './wakefulness.js';

/**
 * When hundreds of rollouts are stopped at once, or one after the other, all of them are at 0 % before anything else is
 * done for one. What happens to a few is nobody's hindrance.
 */
export const trafficFirst = rightOfWay({ windowMs: 1000, few: 5, longestWaitMs: 20_000 });

/** Watches from when a worker is made. */
export const wakefulness = new Wakefulness();

/**
 * Set, read back, then count: every configured instance must do what was set. Idempotent.
 *
 * When the time of this attempt is over, Temporal has it made anew elsewhere, and a rollback may follow: from then on it
 * writes nothing, even if this process was frozen meanwhile, or was given the attempt while it was.
 */
export function setWeights(ports: Ports, input: SetWeightsInput): Promise<SetWeightsReport> {
  const notAfterMs = wakefulness.sentMs() + activityInfo().startToCloseTimeoutMs;
  return trafficFirst.first(() => setAndReadBack(ports, input, notAfterMs));
}

async function setAndReadBack(
  ports: Ports,
  { service: name, weights, ends }: SetWeightsInput,
  notAfterMs: number,
): Promise<SetWeightsReport> {
  const service = ports.serviceNamed(name);
  const refused = await told(service, weights, notAfterMs);
  const instances = await service.router.readWeights(service.route);
  const astray = instances.map((instance) => astrayness(instance, weights)).filter((sentence) => sentence !== null);
  const isDone = astray.length === 0 && instances.length > 0;
  if (isDone && refused instanceof WeightsNotLastingError) {
    throw ApplicationFailure.create({
      type: 'NOT_LASTING',
      message: `${describeWeights(weights)} is set, but would not last: ${refused.message}${refused.got === undefined ? '' : ` (${refused.got})`}`,
      category: 'BENIGN',
    });
  }
  if (isDone) {
    if (ends !== undefined) watchesAreNeedless(ends);
    return { instances: instances.length, weights };
  }
  const because = refused === null ? '' : ` (${whyRefused(refused, instances, weights)})`;
  throw ApplicationFailure.create({
    type: 'NOT_READ_BACK',
    message: `${describeWeights(weights)} is not read back: ${astray.join('; ') || 'no instance answers'}${because}`,
    category: 'BENIGN',
  });
}

/** What could not be told is reported by reading back; the instances that were told keep what they were told. */
async function told(
  { router, route }: ServicePorts,
  weights: Weights,
  notAfterMs: number,
): Promise<AdapterUnavailableError | null> {
  try {
    await router.setWeights(route, weights, { notAfterMs });
    return null;
  } catch (error) {
    if (error instanceof AdapterUnavailableError) return error;
    throw error;
  }
}

/** An instance that cannot be reached has said why; of one that does something else, only the telling knows it. */
function whyRefused({ message, got }: AdapterUnavailableError, instances: readonly InstanceWeights[], wanted: Weights) {
  const isUnexplained = instances.some((one) => 'weights' in one && !sameWeights(one.weights, wanted));
  return isUnexplained && got !== undefined ? `${message}: ${got}` : message;
}

/** Whether someone else changed the weights. @throws when an instance cannot be asked: unknown is not drift. */
export async function readDrift(ports: Ports, { service: name, expected }: ReadDriftInput): Promise<DriftReport> {
  const { router, route } = ports.serviceNamed(name);
  const instances = await router.readWeights(route);
  for (const instance of instances) {
    if ('unreachable' in instance) {
      throw ApplicationFailure.create({
        type: 'UNREACHABLE',
        message: `${instance.instance} cannot be read: ${instance.unreachable}`,
        category: 'BENIGN',
      });
    }
  }
  return { drift: driftOf(instances, expected) };
}

/** One sentence about the reachable instances that do something else; `null` when none does. */
export function driftOf(instances: readonly InstanceWeights[], expected: Weights): string | null {
  const drifted = instances.filter((instance) => 'weights' in instance && !sameWeights(instance.weights, expected));
  if (drifted.length === 0) return null;
  return `someone else changed the weights: ${drifted.map((instance) => astrayness(instance, expected)).join('; ')}, expected ${describeWeights(expected)}`;
}

function astrayness(instance: InstanceWeights, wanted: Weights): string | null {
  if ('unreachable' in instance) return `${instance.instance} cannot be reached: ${instance.unreachable}`;
  return sameWeights(instance.weights, wanted)
    ? null
    : `${instance.instance} does ${describeWeights(instance.weights)}`;
}
