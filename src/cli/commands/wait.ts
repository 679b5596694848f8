import type { Context } from '../context.js';
import type { Result } from '../result.js';
import { follow, type FollowOptions } from './follow.js';
import { targetOf } from './target.js';

/** Waits for a rollout that is under way. */
export async function wait(context: Context, id: string | undefined, options: FollowOptions): Promise<Result> {
  return follow(context, await targetOf(context, id), options);
}
