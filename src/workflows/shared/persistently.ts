import { isCancellation } from '@temporalio/workflow';
import type { Rollout } from './rollout.js';

/**
 * Tries quietly for a moment, then tells people and tries on for ever: the router's trouble is shown, not suffered in
 * silence, and never ends a rollout.
 */
export async function persistently<T>(
  rollout: Rollout,
  what: string,
  quietly: () => Promise<T>,
  forEver: () => Promise<T>,
): Promise<T> {
  try {
    return await quietly();
  } catch (error) {
    if (isCancellation(error)) throw error;
    rollout.happens({ type: 'alarmed', alarm: `${what} does not succeed: ${messageOf(error)}; trying on` });
  }
  const result = await forEver();
  rollout.happens({ type: 'alarmed', alarm: null });
  return result;
}

/** The innermost reason, for people. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}
