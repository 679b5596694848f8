import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { fateOfWrite } from '../domain/traffic/fence.js';
import { describeWeights, sameWeights, type Weights } from '../domain/traffic/weights.js';
import { AdapterUnavailableError, WeightsNotLastingError } from '../domain/errors.js';
import type { ServicePorts } from '../ports/service.js';
import type { InstanceWeights } from '../ports/traffic-router.js';
import type { DriftReport, ReadDriftInput, SetWeightsInput, SetWeightsReport } from './contracts.js';
import { driftOf, undoneIn } from './drift.js';
import type { World } from './world.js';

/**
 * Set, read back, then count: every configured instance must do what was set, and bear its fence. Idempotent.
 *
 * When the time of this attempt is over, Temporal has it made anew elsewhere, and a rollback may follow: from then on it
 * writes nothing, even if this process was frozen meanwhile, or was given the attempt while it was.
 */
export function setWeights(world: World, input: SetWeightsInput): Promise<SetWeightsReport> {
  const notAfterMs = world.wakefulness.sentMs() + activityInfo().startToCloseTimeoutMs;
  return world.trafficFirst.first(() => setAndReadBack(world, input, notAfterMs));
}

async function setAndReadBack(
  { ports, guards, undos }: World,
  input: SetWeightsInput,
  notAfterMs: number,
): Promise<SetWeightsReport> {
  const { weights, ends, rolloutId } = input;
  const service = ports.serviceNamed(input.service);
  const refused = await told(service, input, notAfterMs);
  const instances = await service.router.readWeights(service.route);
  const missing = instances.map((instance) => mismatch(instance, input)).filter((sentence) => sentence !== null);
  const isDone = missing.length === 0 && instances.length > 0;
  if (isDone && refused instanceof WeightsNotLastingError) {
    throw ApplicationFailure.create({
      type: 'NOT_LASTING',
      message: `${describeWeights(weights)} is set, but would not last: ${refused.message}${refused.got === undefined ? '' : ` (${refused.got})`}`,
      category: 'BENIGN',
    });
  }
  if (isDone) {
    if (ends === true) guards.release(rolloutId);
    return { outcome: 'set', instances: instances.length, weights };
  }
  const greatestFence = greatestStaleFence(instances, input);
  if (greatestFence !== null) {
    const fences = [input.onlyIfFence ?? []].flat();
    const undone = await undoneIn(instances, undos, { rolloutId, fences });
    return { outcome: 'stale', greatestFence, undone, drift: missing.join('; ') };
  }
  const because = refused === null ? '' : ` (${whyRefused(refused, instances, weights)})`;
  throw ApplicationFailure.create({
    type: 'NOT_READ_BACK',
    message: `${describeWeights(weights)} is not read back: ${missing.join('; ') || 'no instance answers'}${because}`,
    category: 'BENIGN',
  });
}

/** What could not be told is reported by reading back; the instances that were told keep what they were told. */
async function told(
  { router, route }: ServicePorts,
  { weights, fence, onlyIfFence, ends: urgent }: SetWeightsInput,
  notAfterMs: number,
): Promise<AdapterUnavailableError | null> {
  try {
    await router.setWeights(route, weights, { fence, onlyIfFence, notAfterMs, urgent });
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

/** The greatest fence under which an instance refuses this write for good; `null` when none does. */
function greatestStaleFence(instances: readonly InstanceWeights[], input: SetWeightsInput): number | null {
  const stale = instances.flatMap((one) =>
    'weights' in one && fateOfWrite(input, one.fence, sameWeights(one.weights, input.weights)) === 'stale'
      ? [one.fence]
      : [],
  );
  return stale.length === 0 ? null : Math.max(...stale);
}

/** Whether someone else changed the weights. @throws when an instance cannot be asked: unknown is not drift. */
export async function readDrift(
  { ports, undos }: World,
  { service: name, rolloutId, expected, fences }: ReadDriftInput,
): Promise<DriftReport> {
  const { router, route } = ports.serviceNamed(name);
  const instances = await router.readWeights(route);
  const undone = await undoneIn(instances, undos, { rolloutId, fences });
  if (undone !== null) return { drift: null, undone };
  for (const instance of instances) {
    if ('unreachable' in instance) {
      throw ApplicationFailure.create({
        type: 'UNREACHABLE',
        message: `${instance.instance} cannot be read: ${instance.unreachable}`,
        category: 'BENIGN',
      });
    }
  }
  return { drift: driftOf(instances, expected, fences), undone: null };
}

/** Why an instance does not do what was set, in one sentence; `null` when it does. */
function mismatch(instance: InstanceWeights, { weights, fence, onlyIfFence }: SetWeightsInput): string | null {
  if ('unreachable' in instance) return `${instance.instance} cannot be reached: ${instance.unreachable}`;
  const does = `${instance.instance} does ${describeWeights(instance.weights)}`;
  if (!sameWeights(instance.weights, weights)) return does;
  const bears = onlyIfFence === undefined ? instance.fence >= fence : instance.fence === fence;
  return bears ? null : `${does} under the fence ${String(instance.fence)}, expected ${String(fence)}`;
}
