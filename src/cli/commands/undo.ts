import type { UndoOptions as Undoing } from '../../client/undo-rollout.js';
import type { Context } from '../context.js';
import type { Result } from '../result.js';
import { followStarted, type WaitingOptions } from './started.js';
import { aborted } from './stop.js';

export interface UndoOptions extends WaitingOptions {
  /** The backend that shall serve again. Default: the one that did before. */
  readonly to?: string;
  /** At once: without probes, gates and metrics. */
  readonly now?: boolean;
  readonly reason?: string;
  readonly by?: string;
}

/** Goes back to what served before, also after the end; a rollout in flight is aborted. Never prompts. */
export async function undo(context: Context, service: string, options: UndoOptions): Promise<Result> {
  context.session.tolerateBadConfig();
  const { to, now, reason, by, ...waiting } = options;
  const asked: Undoing = {
    by: by ?? context.actor,
    ...(to === undefined ? {} : { to }),
    ...(now === undefined ? {} : { now }),
    ...(reason === undefined ? {} : { reason }),
  };
  const rollouts = await context.session.rollouts();
  const started = await rollouts.undo(service, asked);
  if (!started.aborted) return followStarted(context, started, waiting);
  context.progress(`${started.id} is in flight: it is aborted, which goes back to what served before it`);
  const { wait, timeoutMs } = waiting;
  return aborted(context, started.id, {
    wait: wait !== undefined,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}
