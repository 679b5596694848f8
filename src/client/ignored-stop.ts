import { isUnanswered, type StatusBase } from '../domain/rollout/status.js';
import { staleStage } from '../domain/stages/refusal.js';
import type { Awaitable } from '../domain/stages/status.js';
import { CommandRefusedError } from './errors.js';

/**
 * Why a stop that was sent for one stage was not taken. Nobody answers a signal, so a status from after it must tell: once
 * taken, a stop is never taken back. `null` when something has stopped the rollout, or nobody knows yet.
 */
export function refusalOfStaleStop(status: Awaitable, verb: string, ifStage: number): CommandRefusedError | null {
  const { id, stop, outcome, endedAt, currentStage = 0 } = status;
  if (isUnanswered(status) || stop !== null || outcome !== null || endedAt !== null) return null;
  const refusal = staleStage({ stage: currentStage }, { stage: ifStage }) ?? {
    code: 'STALE_STAGE',
    message: `meant for stage ${String(ifStage)}, the rollout was at another one then`,
  };
  return new CommandRefusedError(id, verb, refusal);
}

/** A stop that came too late: traffic stays where the rollout has left it. */
export function refusalOfLateStop({ id, outcome }: StatusBase, verb: string): CommandRefusedError | null {
  if (outcome !== 'promoted' && outcome !== 'superseded') return null;
  return new CommandRefusedError(id, verb, { code: 'ROLLOUT_ENDED', message: `the rollout has ended: ${outcome}` });
}
