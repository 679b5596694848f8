import type { Context } from '../context.js';
import type { Result } from '../result.js';
import { startAndFollow } from './start.js';
import type { WaitingOptions } from './started.js';
import { targetOf } from './target.js';
import { undo } from './undo.js';

export interface RetryOptions extends WaitingOptions {
  readonly reason?: string;
  readonly by?: string;
}

/** Starts the same plan anew, guarded from its first percent: nothing revives a rollout that was stopped. */
export async function retry(context: Context, id: string | undefined, options: RetryOptions): Promise<Result> {
  const target = await targetOf(context, id);
  const anew = await (await context.session.rollouts()).anew(target);
  // The plan of an undo alone would be a rollout of something new.
  if ('undo' in anew) return undo(context, anew.service, { ...anew.undo, ...options });
  const why = options.reason === undefined ? '' : `: ${options.reason}`;
  const requestedBy = `${options.by ?? context.actor} (retry of ${target}${why})`;
  return startAndFollow(context, anew.strategy, { plan: anew.plan, requestedBy }, options);
}
