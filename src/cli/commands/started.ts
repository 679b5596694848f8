import type { Started } from '../../client/start-rollout.js';
import { hasPreflightAnswered, waitForPreflight } from '../../client/wait-for-preflight.js';
import type { Awaited } from '../../client/wait-for-rollout.js';
import { isStagedTraffic } from '../../domain/staged-traffic/is-staged-traffic.js';
import { isOver, type StatusBase } from '../../domain/rollout/status.js';
import type { Context } from '../context.js';
import { InterruptedError } from '../errors.js';
import { documentOf, type Documents } from '../output/documents.js';
import type { Result } from '../result.js';
import { follow, closingResult } from './follow.js';
import { orDetached, patientLook } from './look.js';

/** What becomes of a rollout that is being waited for. */
export interface WaitingOptions {
  readonly wait?: Awaited;
  readonly timeoutMs?: number;
  /** What Ctrl-C and SIGTERM mean. @default 'detach' */
  readonly onCancel?: 'detach' | 'abort';
}

/** A server that goes away in the moment of a start is not waited for: the rollout is started. */
const PATIENCE_MS = 5000;

/** Goes on with a rollout that was started, as was asked: until its preflight has answered, or what is awaited has come. */
export async function followStarted(context: Context, started: Started, options: WaitingOptions): Promise<Result> {
  try {
    if (options.wait === undefined) return await afterPreflight(context, started);
    context.progress(`${started.id} ${started.attached ? 'was started before, waiting for it' : 'started'}`);
    const { wait, timeoutMs } = options;
    return await follow(context, started.id, { for: wait, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  } catch (error) {
    if (error instanceof InterruptedError && options.onCancel === 'abort')
      throw await abortedOnCancel(context, started.id, error);
    throw error;
  }
}

/** A rollout that its preflight refuses, or that is not needed, has not begun: then that is the last word on it. */
async function afterPreflight(context: Context, started: Started): Promise<Result> {
  const seen = await lookAfterPreflight(context, started);
  if ('trouble' in seen) return startedResult(started, { preflight: 'unanswered', warnings: [], why: seen.trouble });
  const { status } = seen;
  for (const warning of status.warnings) context.progress(`! ${warning}`);
  const hasEnded = isOver(status) && !started.attached;
  if (status.stop?.cause === 'preflight' || isNotNeeded(status) || hasEnded) return closingResult(status, undefined);
  return startedResult(started, {
    preflight: hasPreflightAnswered(status) ? 'passed' : 'unanswered',
    warnings: status.warnings,
    ...(status.worker === 'none' ? { why: 'no worker answers' } : {}),
  });
}

/** It is started, whoever can or cannot look at it: that must not read as if nothing was. */
async function lookAfterPreflight(
  context: Context,
  { id }: Started,
): Promise<{ readonly status: StatusBase } | { readonly trouble: string }> {
  const look = (): Promise<StatusBase> =>
    patientLook(context, id, { patienceMs: PATIENCE_MS, onTrouble: () => undefined });
  try {
    return { status: await orDetached(context, id, waitForPreflight(look, { signal: context.interrupted })) };
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return { trouble: error instanceof Error ? error.message : String(error) };
  }
}

function isNotNeeded(status: StatusBase): boolean {
  return isStagedTraffic(status) && status.outcome === 'promoted' && !status.moved;
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

function startedResult(
  { id, service, attached }: Started,
  { preflight, warnings, why }: Pick<Documents['RolloutStarted'], 'preflight' | 'warnings'> & { readonly why?: string },
): Result {
  const unanswered = `started, its preflight has not answered yet${why === undefined ? '' : `: ${why}`}`;
  return {
    document: documentOf('RolloutStarted', { id, service, attached, preflight, warnings }),
    text: ({ paint }) => [
      preflight === 'passed'
        ? `${paint.good('✔')} ${id} ${attached ? 'was started before' : 'started'}`
        : `${paint.attention('◌')} ${id} ${unanswered}`,
      `    headgate watch ${service}`,
    ],
  };
}
