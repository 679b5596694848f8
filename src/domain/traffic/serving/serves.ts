import { isObject } from '../../reading/combinators.js';
import { isFence, isStopAfter, NO_FENCE } from '../fence.js';
import { sameWeights, type Weights } from '../weights.js';

/** A backend, and the version that it holds; `null` where that is not known. */
export interface SlotVersion {
  readonly slot: string;
  readonly version: string | null;
}

/** What serves everybody. Every rollout leaves it at its end: in its memo, and in its status, which the journal keeps. */
export interface Serves extends SlotVersion {
  /** The rollout that left it so. */
  readonly rolloutId: string;
  /** ISO 8601 UTC, since when. */
  readonly at: string;
  /** What stood beside the weights on every instance. While it still does, nobody has changed them since. */
  readonly fence: number;
  readonly weights: Weights;
  /** What served before, to which an undo goes back; `null` where there is nothing to undo. */
  readonly before: SlotVersion | null;
  /** What rollouts since have brought, or wanted to bring, to the slot that does not serve; `null` where none has. */
  readonly idle: string | null;
}

/** What a preflight has learned about versions, kept for the end of the rollout. */
export interface KnownVersions {
  readonly baseline: string | null;
  readonly candidate: string | null;
  /** What the rollout before left, where that is still so. */
  readonly record: Serves | null;
}

/** What the instances of a data plane do, and what each bears. */
export interface PlaneReading {
  readonly weights: readonly Weights[];
  /** Each once; `NO_FENCE` among them where an instance has none. */
  readonly fences: readonly number[];
}

/** Whether nobody has changed the weights since: the same weights alone prove nothing, the fence beside them does. */
export function isStillSo({ fence, weights }: Serves, plane: PlaneReading): boolean {
  const [borne, ...others] = plane.fences;
  if (fence === NO_FENCE || borne === undefined || others.length > 0 || plane.weights.length === 0) return false;
  if (borne !== fence && !isStopAfter(fence, borne)) return false;
  return plane.weights.every((read) => sameWeights(read, weights));
}

/** The backend that has everything on every instance; `null` where traffic is split. */
export function servingSlot(slots: readonly string[], { weights }: PlaneReading): string | null {
  if (weights.length === 0) return null;
  return slots.find((backend) => weights.every((read) => sameWeights(read, [{ backend, percent: 100 }]))) ?? null;
}

/** Reads what a rollout left; `null` for anything else, for a memo can be written by anybody. */
export function readServes(value: unknown): Serves | null {
  const own = readSlotVersion(value);
  if (own === null || !isObject(value)) return null;
  const { rolloutId, at, fence, weights, before, idle } = value;
  if (typeof rolloutId !== 'string' || typeof at !== 'string' || !isFence(fence) || !isWeights(weights)) return null;
  return { ...own, rolloutId, at, fence, weights, before: readSlotVersion(before), idle: textOrNull(idle) };
}

export function readSlotVersion(value: unknown): SlotVersion | null {
  if (!isObject(value) || typeof value.slot !== 'string') return null;
  return { slot: value.slot, version: textOrNull(value.version) };
}

function isWeights(value: unknown): value is Weights {
  return (
    Array.isArray(value) &&
    value.every((one) => isObject(one) && typeof one.backend === 'string' && typeof one.percent === 'number')
  );
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
