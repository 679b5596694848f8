import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';

/** A worker that is there handles what timed out within so long. */
const HANDLED_WITHIN_MS = 3000;

/**
 * Why a watch was not started in its time: every slot is taken, or there was no worker that could have taken it. `null` when
 * it failed otherwise.
 *
 * Who handles the timeout is a worker. When it does so in time, it was there, and had no slot; when it does so late, it was
 * away as well, and that says nothing about slots.
 *
 * @param tookMs from when the watch was scheduled until its failure is handled
 */
export function foundNoSlot(error: unknown, tookMs: number, waitMs: number): 'no slot' | 'no worker' | null {
  const waited =
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === 'SCHEDULE_TO_START';
  if (!waited) return null;
  return tookMs <= waitMs + HANDLED_WITHIN_MS ? 'no slot' : 'no worker';
}
