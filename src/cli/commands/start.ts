import type { Awaited } from '../../client/wait-for-rollout.js';
import { HeadgateError } from '../../domain/errors.js';
import type { CanaryPlan } from '../../domain/rollout/plan.js';
import type { Started } from '../../client/start-rollout.js';
import { guardedPlan } from '../../domain/rollout/guarded-plan.js';
import { assertMonitoringInTier, assertStrategyInTier } from '../../domain/tier.js';
import type { Context } from '../context.js';
import { InterruptedError } from '../errors.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';
import { follow } from './follow.js';
import { readSpecs } from './spec-files.js';

/** What becomes of a rollout that is being waited for. */
export interface WaitingOptions {
  readonly wait?: Awaited;
  readonly timeoutMs?: number;
  /** What Ctrl-C and SIGTERM mean. @default 'detach' */
  readonly onCancel?: 'detach' | 'abort';
}

export interface StartOptions extends WaitingOptions {
  readonly version?: string;
  readonly requestId?: string;
  /** Takes over mixed weights: this backend is the baseline. */
  readonly adopt?: string;
  readonly by?: string;
}

/** Starts the rollout that a file describes; waits for it when asked to. */
export async function start(context: Context, file: string, options: StartOptions): Promise<Result> {
  const { adopt, requestId, by } = options;
  const { specs, warnings } = await readSpecs(context, file, options.version);
  const [spec, ...others] = specs;
  if (spec === undefined || others.length > 0)
    throw new HeadgateError('INVALID_SPEC', `${file} describes ${String(specs.length)} rollouts`, {
      expected: 'a file with one rollout',
      remedy: 'Put each rollout into a file of its own',
      next: [`headgate plan ${file}`],
    });
  for (const warning of [...warnings, ...spec.notes]) context.progress(`! ${warning}`);
  const plan: CanaryPlan = adopt === undefined ? spec.plan : { ...spec.plan, adopt };
  const request = { requestedBy: by ?? context.actor, ...(requestId === undefined ? {} : { requestId }) };
  return startAndFollow(context, plan, request, options);
}

/** Starts a plan, and goes on as was asked: at once, or when what is awaited has come. */
export async function startAndFollow(
  context: Context,
  plan: CanaryPlan,
  request: { readonly requestedBy: string; readonly requestId?: string },
  options: WaitingOptions,
): Promise<Result> {
  const { defaults, tiers } = await context.session.config();
  assertStrategyInTier('canary', defaults.tier, tiers);
  const { analysis } = guardedPlan(plan);
  assertMonitoringInTier({ checks: analysis.checks, policy: plan.rollbackPolicy !== undefined }, defaults.tier);
  const rollouts = await context.session.rollouts();
  const started = await rollouts.start(plan, request);
  if (options.wait === undefined) return startedResult(started);
  context.progress(`${started.id} ${started.attached ? 'was started before, waiting for it' : 'started'}`);
  const { wait, timeoutMs } = options;
  try {
    return await follow(context, started.id, { for: wait, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  } catch (error) {
    if (error instanceof InterruptedError && options.onCancel === 'abort')
      throw await abortedOnCancel(context, started.id, error);
    throw error;
  }
}

async function abortedOnCancel(context: Context, id: string, { interrupt }: InterruptedError): Promise<Error> {
  const rollouts = await context.session.rollouts();
  await rollouts.rollback(id, {
    by: context.actor,
    reason: `the command that waited for it was ended by ${interrupt}`,
  });
  return new InterruptedError(interrupt, `Aborted ${id} as --on-cancel says: its traffic goes back`, [
    `headgate watch ${id}`,
  ]);
}

function startedResult(started: Started): Result {
  const { id, service, attached } = started;
  return {
    document: documentOf('RolloutStarted', { id, service, attached }),
    text: ({ paint }) => [
      `${paint.good('✔')} ${id} ${attached ? 'was started before' : 'started'}`,
      `    headgate watch ${service}`,
    ],
  };
}
