import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { HeadgateError } from '../domain/errors.js';
import { read } from '../domain/reading/reader.js';
import { problemsOfPlan } from '../domain/canary/plan-rules.js';
import { readCanaryInput } from '../domain/canary/canary-input.js';
import type { CanaryPlan } from '../domain/canary/plan.js';
import { parseRolloutId, workflowIdOf } from '../domain/rollout/rollout-id.js';
import { readSlotVersion } from '../domain/traffic/serving/serves.js';
import type { UndoWish } from '../domain/traffic/serving/undo-wish.js';
import { undoPlan } from '../domain/canary/undo-plan.js';
import { isOver } from '../domain/canary/status.js';
import { type RolloutStatus } from '../domain/canary/status.js';
import { BASELINE_MEMO } from '../workflows/messages.js';
import { RolloutInFlightError } from './errors.js';
import { findRollout, type FoundRollout } from './find-rollout.js';
import { liveStatus } from './live-status.js';
import { readInput } from './rollout-history.js';
import { sendCommand } from './send-command.js';
import { startRollout, type Place, type Started } from './start-rollout.js';

export interface UndoOptions extends UndoWish {
  /** Who asks. */
  readonly by?: string;
}

/** What an undo came to. */
export interface UndoStarted extends Started {
  /** A rollout was in flight, and was told to go back: `id` names it. */
  readonly aborted: boolean;
}

/** So many of the newest rollouts are asked for their checks: those that came to nothing have guarded nothing. */
const LOOKED_AT = 10;

/** Goes back to what served before: see `DeploymentManager.undo`. */
export async function undoRollout(
  client: Client,
  service: string,
  options: UndoOptions,
  place: Place,
): Promise<UndoStarted> {
  if (parseRolloutId(service).runId !== undefined)
    throw new HeadgateError('INVALID_ROLLOUT_ID', 'An undo is about a service, not about one of its rollouts', {
      expected: 'the name of a service',
      got: service,
      remedy: 'It goes back to what served before the newest rollout',
    });
  const inFlight = await undoInFlight(client, service, options, place);
  if (inFlight !== null) return inFlight;
  try {
    return await startUndo(client, service, options, place);
  } catch (error) {
    if (!(error instanceof RolloutInFlightError)) throw error;
    // Somebody has started one meanwhile.
    const other = await undoInFlight(client, service, options, place);
    if (other !== null) return other;
    throw error;
  }
}

async function startUndo(client: Client, service: string, options: UndoOptions, place: Place): Promise<UndoStarted> {
  const { to, now = false, reason, by } = options;
  const guardedBy = now ? null : await planThatGuarded(client, service, place.idPrefix);
  const input = {
    plan: undoPlan(service, guardedBy, now),
    undo: { ...(to === undefined ? {} : { to }), now, ...(reason === undefined ? {} : { reason }) },
    ...(by === undefined ? {} : { requestedBy: by }),
  };
  return { ...(await startRollout(client, input, place)), aborted: false };
}

/**
 * A rollout in flight is aborted. An undo in flight is what is wanted: an undo that is asked for twice must not go forth
 * again. `null` when none is in flight.
 *
 * @throws RolloutInFlightError when it goes the other way, and not by itself.
 */
async function undoInFlight(
  client: Client,
  service: string,
  { to, by, reason }: UndoOptions,
  { idPrefix }: Place,
): Promise<UndoStarted | null> {
  const found = await findRollout(client, service, idPrefix);
  if (found?.description.status.name !== 'RUNNING') return null;
  const status = await liveStatus(client, found);
  if (isOver(status)) return null;
  const attached = { id: found.id, service, attached: true } as const;
  const isUndo = status.undo !== undefined || (await readInput(client, found))?.undo !== undefined;
  const isWanted = to === undefined ? isUndo : goesTo(status, found, to);
  if (isWanted && isUndo && status.stop === null) return { ...attached, aborted: false };
  if (isWanted) throw new RolloutInFlightError(status);
  await sendCommand(client, found, 'abort', {
    ...(by === undefined ? {} : { by }),
    reason: reason === undefined ? 'undo' : `undo: ${reason}`,
  });
  return { ...attached, aborted: true };
}

/** Without a worker only the memo tells what served when it began: there are two backends. */
function goesTo({ roles, undo }: RolloutStatus, { description }: FoundRollout, to: string): boolean {
  const baseline = roles?.baseline ?? readSlotVersion(description.memo?.[BASELINE_MEMO])?.slot;
  return baseline === undefined ? undo?.to === to : baseline !== to;
}

/** The plan of the newest rollout that has moved traffic, as long as the server remembers it; `null` when it does not. */
async function planThatGuarded(client: Client, service: string, idPrefix: string): Promise<CanaryPlan | null> {
  // What has just ended is listed a moment late.
  const newest = await findRollout(client, service, idPrefix);
  const own = newest === null ? null : await planOf(client, newest, newest.description.memo);
  if (own !== null) return own;
  const query = `WorkflowId = '${workflowIdOf(service, idPrefix)}' AND ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'`;
  let left = LOOKED_AT;
  for await (const run of client.workflow.list({ query, pageSize: LOOKED_AT })) {
    const plan = await planOf(client, runOf(run), run.memo);
    if (plan !== null) return plan;
    left -= 1;
    if (left === 0) break;
  }
  return null;
}

function runOf({ workflowId, runId, raw }: WorkflowExecutionInfo): Pick<FoundRollout, 'workflowId' | 'firstRunId'> {
  return { workflowId, firstRunId: ('firstRunId' in raw ? raw.firstRunId : null) || runId };
}

async function planOf(
  client: Client,
  run: Pick<FoundRollout, 'workflowId' | 'firstRunId'>,
  memo: Readonly<Record<string, unknown>> | undefined,
): Promise<CanaryPlan | null> {
  if (readSlotVersion(memo?.[BASELINE_MEMO]) === null) return null;
  const input = await readInput(client, run);
  if (input === null || read(readCanaryInput, input).problems.length > 0) return null;
  // Its own guarded nothing.
  if (input.undo?.now === true) return null;
  const { plan } = input;
  return problemsOfPlan(undoPlan(plan.service, plan, false)).length === 0 ? plan : null;
}
