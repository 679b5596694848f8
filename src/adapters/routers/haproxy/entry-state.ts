import { NO_FENCE, type FencedWrite } from '../../../domain/traffic/fence.js';
import { hasToBeMade, StaleInstance } from '../write-failures.js';
import { readFence, type BorneFence } from './fence-entry.js';
import { readSplit, sameSplit, writeSplit, type Split } from './split.js';

/** What one HAProxy has of a service. */
export interface EntryState extends BorneFence {
  /** As it stands in the map. */
  readonly value: string;
  /** `null` for what is no split. */
  readonly split: Split | null;
  /** Whether there is an entry for the fence, whatever it says. */
  readonly hasFence: boolean;
  /** Whether somebody wrote while it was read, so that split and fence may not belong together. */
  readonly isTorn: boolean;
}

/** How a service shall be split from now on. */
export interface Order extends FencedWrite {
  /** The key in the map. */
  readonly key: string;
  readonly split: Split;
  /** Waits for no other worker. */
  readonly urgent?: boolean | undefined;
}

/** From what was read in this order, so that what changes in between is noticed. */
export function entryState(fenceBefore: string | null, value: string, fenceAfter: string | null): EntryState {
  return {
    ...readFence(fenceAfter),
    value,
    split: readSplit(value),
    hasFence: fenceAfter !== null,
    isTorn: fenceBefore !== fenceAfter,
  };
}

/** Whether split and fence are known to belong together. */
export function isSettled({ isTorn, begun }: EntryState): boolean {
  return !isTorn && begun === null;
}

/** Whether it is ours to change: it is a split, or was one that Headgate wrote. */
export function isOurs({ split, hasFence }: EntryState): boolean {
  return split !== null || hasFence;
}

/** Whether the order has to be written there; not where nothing is left to do. @throws StaleInstance when it is outdated. */
export function hasToBeWritten(order: Order, state: EntryState): boolean {
  const isDone = bears(order, state);
  // A write that has begun was admitted: without a condition of its own an older one does not go past it.
  const borne = order.onlyIfFence === undefined ? Math.max(state.fence, state.begun ?? NO_FENCE) : state.fence;
  return hasToBeMade(order, borne, isWanted(order, state)) && !isDone;
}

/** Whether exactly this write is in force. */
function bears(order: Order, state: EntryState): boolean {
  return state.fence === order.fence && isWanted(order, state);
}

/** Thrown when something else stands there after it was written: somebody was faster. */
export class OvertakenError extends Error {}

/** What is wrong with what stands there after it was written; `null` when nothing is. */
export function whyNotDone(order: Order, state: EntryState): Error | null {
  if (bears(order, state)) return null;
  try {
    if (state.fence > order.fence && !hasToBeMade(order, state.fence, isWanted(order, state))) return null;
  } catch (error) {
    if (error instanceof StaleInstance) return error;
    throw error;
  }
  const told = `${writeSplit(order.split)} under fence ${String(order.fence)}`;
  return new OvertakenError(`was told ${told} but does ${state.value} under ${String(state.fence)}`);
}

function isWanted({ split }: Order, state: EntryState): boolean {
  return isSettled(state) && state.split !== null && sameSplit(split, state.split);
}
