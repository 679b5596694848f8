import { HeadgateError } from '../../domain/errors.js';
import type { RolloutPlan } from '../../spec/spec-kind.js';
import type { Context } from '../context.js';
import type { Result } from '../result.js';
import { UsageError } from '../errors.js';
import { readSpecs, type FiledSpec } from './spec-files.js';
import { followStarted, type WaitingOptions } from './started.js';

export interface StartOptions extends WaitingOptions {
  readonly version?: string;
  readonly requestId?: string;
  /** Takes over mixed weights: this backend is the baseline. */
  readonly adopt?: string;
  /** Rolls the version out also where it serves already. */
  readonly again?: boolean;
  readonly by?: string;
}

/** Who asks for a rollout, and how. */
interface StartRequest {
  readonly requestedBy: string;
  readonly requestId?: string;
  readonly again?: boolean;
}

/** Starts the rollout that a file describes; waits for it when asked to. */
export async function start(context: Context, file: string, options: StartOptions): Promise<Result> {
  const { adopt, requestId, again, by } = options;
  const { specs, warnings } = await readSpecs(context, file, options.version);
  const [spec, ...others] = specs;
  if (spec === undefined || others.length > 0)
    throw new HeadgateError('INVALID_SPEC', `${file} describes ${String(specs.length)} rollouts`, {
      expected: 'a file with one rollout',
      remedy: 'Put each rollout into a file of its own',
      next: [`headgate plan ${file}`],
    });
  for (const warning of [...warnings, ...spec.notes]) context.progress(`! ${warning}`);
  const request: StartRequest = {
    requestedBy: by ?? context.actor,
    ...(requestId === undefined ? {} : { requestId }),
    ...(again === undefined ? {} : { again }),
  };
  const { strategy } = spec;
  return startAndFollow(context, strategy, { plan: adopting(spec, adopt), ...request }, options);
}

function adopting({ plan, means, kind }: FiledSpec, baseline: string | undefined): RolloutPlan {
  if (baseline === undefined) return plan;
  if (means.adopting !== undefined) return means.adopting(plan, baseline);
  throw new UsageError(`A ${kind} moves no weights, so it takes none over`, { expected: 'no --adopt' });
}

/** Starts a plan, and goes on as was asked: when its preflight has answered, or when what is awaited has come. */
export async function startAndFollow(
  context: Context,
  strategy: string,
  input: StartRequest & { readonly plan: RolloutPlan },
  options: WaitingOptions,
): Promise<Result> {
  const rollouts = await context.session.rollouts();
  return followStarted(context, await rollouts.start(strategy, input), options);
}
