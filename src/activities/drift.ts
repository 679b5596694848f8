import { authorOf, guardFenceOf, NO_FENCE, writerOf, type Writer } from '../domain/traffic/fence.js';
import { describeWeights, sameWeights, type Weights } from '../domain/traffic/weights.js';
import type { InstanceWeights } from '../ports/traffic-router.js';
import type { GuardUndo } from './contracts.js';
import type { GuardUndos } from './guard/guard-undos.js';

type Read = Extract<InstanceWeights, { weights: Weights }>;

/** One sentence about the reachable instances that someone else has changed; `null` when none was. */
export function driftOf(
  instances: readonly InstanceWeights[],
  expected: Weights,
  fences: readonly number[],
): string | null {
  const drifted = driftedOf(instances, expected, fences);
  if (drifted.length === 0) return null;
  const found = drifted.map((one) => describeDrift(one, expected)).join('; ');
  return `someone else changed the weights: ${found}, expected ${describeWeights(expected)}`;
}

function driftedOf(
  instances: readonly InstanceWeights[],
  expected: Weights,
  fences: readonly number[],
): readonly Read[] {
  return instances.filter(
    (one): one is Read => 'weights' in one && !(sameWeights(one.weights, expected) && fences.includes(one.fence)),
  );
}

function describeDrift({ instance, weights, fence }: Read, expected: Weights): string {
  const does = `${instance} does ${describeWeights(weights)}`;
  if (!sameWeights(weights, expected)) return does;
  return fence === NO_FENCE ? `${does}, written without a fence` : `${does}, written by ${authorOf(fence)}`;
}

/** What the guard of this very stage has undone by itself; `null` where no instance bears its fence. */
export async function undoneIn(
  instances: readonly InstanceWeights[],
  undos: GuardUndos,
  { rolloutId, fences }: { readonly rolloutId: string; readonly fences: readonly number[] },
): Promise<GuardUndo | null> {
  // A guard's own that was read at the start is that of an earlier rollout.
  const guardFences = fences.filter((fence) => writerOf(fence) === 'workflow').map(guardFenceOf);
  const left = instances.find((one): one is Read => 'weights' in one && guardFences.includes(one.fence));
  return left === undefined ? null : undos.undoOf(rolloutId, left.fence);
}

/** Who decides anew and tells the rollout: a rollout itself, or a stop of the line, which is about to tell it to go back. */
const TELLS: readonly (Writer | null)[] = ['workflow', 'stopTheLine'];

/** Whether every instance that was changed bears a newer decision that the rollout hears of: nobody meddled with it. */
export function isNewerDecision(
  instances: readonly InstanceWeights[],
  expected: Weights,
  fences: readonly number[],
): boolean {
  const newest = Math.max(...fences);
  return driftedOf(instances, expected, fences).every(({ fence }) => fence > newest && TELLS.includes(writerOf(fence)));
}
