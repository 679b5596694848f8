import type { RollbackPolicyChange } from '../../client/deployment-manager.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import type { Result } from '../result.js';
import { commandOptionsOf, tell, type VerbOptions } from './verbs.js';

export interface PolicyOptions extends VerbOptions {
  /** 0–100. */
  readonly errorRatePercent?: number;
  /** 0–100. */
  readonly successRatePercent?: number;
  /** Times the baseline's. */
  readonly latencyIncrease?: number;
  readonly windowMs?: number;
  readonly consecutiveFailures?: number;
  readonly autoRollback?: boolean;
}

/** Changes when traffic goes back, on a running rollout. The bounds that are given replace the whole policy. */
export async function setPolicy(context: Context, id: string | undefined, options: PolicyOptions): Promise<Result> {
  const change = changeOf(options);
  if (change.policy === undefined && change.autoRollback === undefined)
    throw new UsageError('policy set has nothing to set', {
      expected: '--error-rate, --success-rate, --latency-increase, --auto-rollback or --no-auto-rollback',
      got: 'none of them',
    });
  return tell(context, id, 'setRollbackPolicy', (rollouts, target) =>
    rollouts.setRollbackPolicy(target, change, commandOptionsOf(context, options)),
  );
}

/** Takes the policy out: the checks of the plan alone say when traffic goes back. */
export function clearPolicy(context: Context, id: string | undefined, options: VerbOptions): Promise<Result> {
  return tell(context, id, 'setRollbackPolicy', (rollouts, target) =>
    rollouts.setRollbackPolicy(target, { policy: null }, commandOptionsOf(context, options)),
  );
}

function changeOf(options: PolicyOptions): RollbackPolicyChange {
  const { errorRatePercent, successRatePercent, latencyIncrease, windowMs, consecutiveFailures, autoRollback } =
    options;
  const policy = {
    ...(errorRatePercent === undefined ? {} : { errorRateThreshold: errorRatePercent / 100 }),
    ...(successRatePercent === undefined ? {} : { successRateMinimum: successRatePercent / 100 }),
    ...(latencyIncrease === undefined ? {} : { latencyIncrease }),
    ...(windowMs === undefined ? {} : { evaluationWindow: windowMs / 1000 }),
    ...(consecutiveFailures === undefined ? {} : { consecutiveFailures }),
  };
  return {
    ...(Object.keys(policy).length === 0 ? {} : { policy }),
    ...(autoRollback === undefined ? {} : { autoRollback }),
  };
}
