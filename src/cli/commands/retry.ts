import type { CanaryPlan } from '../../domain/canary/plan.js';
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
  const { readRolloutInput } = await import('../../client/canary/rollout-input.js');
  const [client, { workflowIdPrefix }] = await Promise.all([context.session.client(), context.session.config()]);
  const { plan, undo: wish } = await readRolloutInput(client, target, workflowIdPrefix);
  // Its plan alone would be a rollout of something new.
  if (wish !== undefined) return undo(context, plan.service, { ...wish, ...options });
  const why = options.reason === undefined ? '' : `: ${options.reason}`;
  const requestedBy = `${options.by ?? context.actor} (retry of ${target}${why})`;
  return startAndFollow(context, withoutAdoption(plan), { requestedBy }, options);
}

/** Mixed weights are taken over on purpose only: the purpose was the last rollout's. */
function withoutAdoption(plan: CanaryPlan): CanaryPlan {
  const { adopt, ...rest } = plan;
  return adopt === undefined ? plan : rest;
}
