import type { StatusBase } from '../domain/rollout/status.js';
import { isStuck, type Awaitable } from '../domain/stages/status.js';
import { isOver } from '../domain/rollout/status.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { HeadgateError } from '../domain/errors.js';

/**
 * What to wait for: that it is promoted (or ends otherwise), a question to a person, a stage that is reached, or that it has
 * been stopped and undone.
 */
export type Awaited = 'promoted' | 'approval' | 'undone' | { readonly stage: number };

export interface WaitOptions<Status extends StatusBase = StatusBase> {
  /** Default `promoted`. */
  readonly for?: Awaited;
  /** How long to wait, in milliseconds. Default: for ever. */
  readonly timeoutMs?: number;
  /** Between two looks. Default 1 s. */
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  /** Sees every look. */
  readonly onStatus?: (status: Status) => void;
}

const DEFAULT_POLL_MS = 1000;

/** Thrown when waiting took too long. The rollout goes on. */
export class WaitTimedOutError extends HeadgateError {
  constructor(readonly status: StatusBase) {
    super('WAIT_TIMED_OUT', `${status.id} is ${status.phase}: waiting timed out, the rollout goes on`, {
      next: [`headgate watch ${status.id}`],
    });
  }
}

/**
 * Looks until what is awaited has come, until it cannot come any more, or until a person is needed for it.
 *
 * @throws WaitTimedOutError
 */
export async function waitForRollout<Status extends Awaitable>(
  look: () => Promise<Status>,
  options: WaitOptions<Status> = {},
): Promise<Status> {
  const deadlineMs = options.timeoutMs === undefined ? Infinity : Date.now() + options.timeoutMs;
  for (;;) {
    const status = await look();
    options.onStatus?.(status);
    if (hasCome(status, options.for ?? 'promoted')) return status;
    const leftMs = deadlineMs - Date.now();
    if (leftMs <= 0) throw new WaitTimedOutError(status);
    await sleep(
      Math.min(options.pollMs ?? DEFAULT_POLL_MS, leftMs),
      undefined,
      options.signal === undefined ? {} : { signal: options.signal },
    );
  }
}

function hasCome(status: Awaitable, awaited: Awaited): boolean {
  if (isOver(status)) return true;
  // Who has told it to stop waits for that, whatever it waited for before it was told.
  if (awaited === 'undone') return status.phase === 'rollingBack' && isStuck(status);
  return isStuck(status) || isReached(status, awaited);
}

/** What was awaited is there, while the rollout goes on or because it was promoted. */
export function isReached(status: Awaitable, awaited: Awaited): boolean {
  if (awaited === 'undone') return status.outcome === 'aborted' || status.outcome === 'rolledBack';
  if (status.outcome !== null) return status.outcome === 'promoted';
  if (awaited === 'promoted') return false;
  if (awaited === 'approval') return status.phase === 'awaitingApproval';
  return status.currentStage !== undefined && status.currentStage >= awaited.stage && status.stageStartedAt !== null;
}
