import { type Awaitable } from '../domain/stages/status.js';
import { isOver } from '../domain/rollout/status.js';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PreflightWaitOptions {
  /** How long to wait, in milliseconds. Default 10 s. */
  readonly timeoutMs?: number;
  /** Between two looks. Default 200 ms. */
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_POLL_MS = 200;

/** Looks until the preflight has answered, or its time is over: then it has not. */
export async function waitForPreflight<Status extends Awaitable>(
  look: () => Promise<Status>,
  { timeoutMs = DEFAULT_TIMEOUT_MS, pollMs = DEFAULT_POLL_MS, signal }: PreflightWaitOptions = {},
): Promise<Status> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const status = await look();
    const leftMs = deadlineMs - Date.now();
    if (hasPreflightAnswered(status) || leftMs <= 0) return status;
    await sleep(Math.min(pollMs, leftMs), undefined, signal === undefined ? {} : { signal });
  }
}

/** A rollout has a stage, or has ended, from when its preflight has answered. A kind without stages has none. */
export function hasPreflightAnswered(status: Awaitable): boolean {
  return status.currentStage !== 0 || isOver(status);
}
