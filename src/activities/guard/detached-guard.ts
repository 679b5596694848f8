import { setTimeout as sleep } from 'node:timers/promises';
import type { getClient } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { GuardLoop } from './guard-loop.js';

/** How often Temporal is told that the attempt is over, while it does not answer. */
const TELL_EVERY_MS = 2000;

/** How long an answer may take. */
const ANSWER_MS = 5000;

/** The last sign of life may be five seconds old, and the next is missed after ten. */
const SIGN_EVERY_MS = 3000;

/** A rollout that was undone needs longer only when it cannot close. */
const CLOSES_WITHIN_MS = 60_000;

/** Once Temporal knows that the attempt is over, the next one is given so long to come here. */
const TAKEN_OVER_WITHIN_MS = 10_000;

/**
 * A guard whose activity has ended goes on: until an attempt in this worker attends to it, until it has found something, or
 * until Temporal is back and no attempt has come: then the stage is guarded elsewhere, or not at all any more.
 *
 * Whatever it does meanwhile, it does only where its stage still stands: the fence says so.
 */
export function outlive(guard: GuardLoop, taskToken: Uint8Array, client: ReturnType<typeof getClient>): void {
  const { attendances } = guard;
  const isAlone = (): boolean => guard.attendances === attendances && !guard.isReleased;
  void (async () => {
    while (isAlone() && !(await isTold(taskToken, client))) await pause(TELL_EVERY_MS);
    if (isAlone()) await pause(TAKEN_OVER_WITHIN_MS);
    if (isAlone()) guard.release();
  })();
}

/**
 * Goes on giving signs of life for a watch that was let go: a rollout that was undone takes long to close when hundreds are
 * undone at once, and a watch that is missed is handed out again, which would be more work for those that wait. Ends with
 * the rollout.
 */
export function outlast(taskToken: Uint8Array, client: ReturnType<typeof getClient>, details: unknown): void {
  const endsAtMs = performance.now() + CLOSES_WITHIN_MS;
  void (async () => {
    try {
      do {
        await pause(SIGN_EVERY_MS);
        await client.withDeadline(Date.now() + ANSWER_MS, () => client.activity.heartbeat(taskToken, details));
      } while (performance.now() < endsAtMs);
    } catch {
      // The rollout has closed, or nobody can be told: both ends it.
    }
  })();
}

/** Whether Temporal knows that the attempt is over: it has just heard it, or knew before. */
async function isTold(taskToken: Uint8Array, client: ReturnType<typeof getClient>): Promise<boolean> {
  const over = ApplicationFailure.create({
    type: 'NOT_HEARD',
    message: 'Temporal was not heard for too long; the guard goes on, and the next attempt attends to it',
    category: 'BENIGN',
  });
  try {
    await client.withDeadline(Date.now() + ANSWER_MS, () => client.activity.fail(taskToken, over));
    return true;
  } catch (error) {
    return error instanceof Error && error.name === 'ActivityNotFoundError';
  }
}

async function pause(ms: number): Promise<void> {
  await sleep(ms, undefined, { ref: false });
}
