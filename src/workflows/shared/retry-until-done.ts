import { isCancellation } from '@temporalio/workflow';
import type { AlarmCause } from '../../domain/rollout/alarms.js';
import type { Dispatching } from './rollout.js';

/** What is done until it succeeds, and what people are told while it does not. */
export interface Attempts<T> {
  /** In words: `Set green 5 %, blue 95 %`. */
  readonly what: string;
  readonly cause: AlarmCause;
  /** Some attempts in silence. */
  readonly quietly: () => Promise<T>;
  /** Attempts without end. */
  readonly forEver: () => Promise<T>;
}

/**
 * Tries quietly for a moment, then raises an alarm and retries until done: the router's trouble is shown, and never ends a
 * rollout.
 */
export async function retryUntilDone<T>(
  rollout: Dispatching,
  { what, cause, quietly, forEver }: Attempts<T>,
): Promise<T> {
  try {
    return await quietly();
  } catch (error) {
    if (isCancellation(error)) throw error;
    rollout.dispatch({ type: 'alarmed', cause, alarm: `could not ${inSentence(what)}: ${messageOf(error)}; retrying` });
  }
  const result = await forEver();
  rollout.dispatch({ type: 'alarmed', cause, alarm: null });
  return result;
}

function inSentence(what: string): string {
  return what.charAt(0).toLowerCase() + what.slice(1);
}

/** The innermost reason, for people. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}
