import { isCancellation } from '@temporalio/workflow';
import type { Rollout } from './rollout.js';
import { isUnknownHere } from './where-known.js';

/**
 * Tries quietly for a moment, then tells people and tries on for ever: the router's trouble is shown, not suffered in
 * silence, and never ends a rollout.
 *
 * @param elsewhere tried instead of telling people when a worker took it that does not know the service
 */
export async function persistently<T>(
  rollout: Rollout,
  what: string,
  quietly: () => Promise<T>,
  forEver: () => Promise<T>,
  elsewhere: () => Promise<T>,
): Promise<T> {
  let failure: unknown;
  try {
    return await quietly();
  } catch (error) {
    failure = error;
  }
  if (isUnknownHere(failure)) {
    try {
      return await elsewhere();
    } catch (error) {
      failure = error;
    }
  }
  if (isCancellation(failure)) throw failure;
  rollout.happens({ type: 'alarmed', alarm: `${what} does not succeed: ${messageOf(failure)}; trying on` });
  const result = await forEver();
  rollout.happens({ type: 'alarmed', alarm: null });
  return result;
}

/** The innermost reason, for people. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}
