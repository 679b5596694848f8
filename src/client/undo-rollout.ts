import { isOver } from '../domain/rollout/status.js';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { HeadgateError } from '../domain/errors.js';
import type { RolloutKind, UndoRequest, UndoRules } from '../domain/rollout/kinds.js';
import { parseRolloutId, workflowIdOf } from '../domain/rollout/rollout-id.js';
import { visibilityValue } from '../domain/visibility-value.js';
import { RolloutInFlightError } from './errors.js';
import { findRollout, type FoundRollout } from './find-rollout.js';
import { kindIfKnown } from './kind-of.js';
import { liveStatus } from './live-status.js';
import { readInput } from './rollout-history.js';
import { sendCommand } from './send-command.js';
import { startRollout, type Place, type Started } from './start-rollout.js';

export type UndoOptions = UndoRequest;

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
  const { kind, undo } = undoable(place);
  const guardedBy = options.now === true ? null : await inputThatGuarded(client, undo, service, place.idPrefix);
  return { ...(await startRollout(client, kind, undo.inputOf(service, options, guardedBy), place)), aborted: false };
}

/** The kind that goes back: the first that can. */
function undoable({ kinds }: Place): { readonly kind: RolloutKind; readonly undo: UndoRules } {
  for (const kind of kinds.all) if (kind.undo !== undefined) return { kind, undo: kind.undo };
  throw new HeadgateError('NOT_UNDOABLE', 'Nothing that this program knows can be undone once it has ended', {
    expected: 'a kind of rollout that can be undone',
    got: kinds.all.map(({ strategy }) => strategy).join(', '),
    remedy: 'Start a rollout that goes the other way',
  });
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
  { idPrefix, kinds }: Place,
): Promise<UndoStarted | null> {
  const found = await findRollout(client, service, idPrefix);
  if (found?.description.status.name !== 'RUNNING') return null;
  const kind = kindIfKnown(kinds, found);
  const status = await liveStatus(client, kind ?? {}, found);
  if (isOver(status)) return null;
  const attached = { id: found.id, service, attached: true } as const;
  const undo = kind?.undo;
  const isUndo = undo?.isUndo(status, await readInput(client, found)) === true;
  const isWanted = to === undefined ? isUndo : undo?.goesTo(status, found.description.memo, to) === true;
  if (isWanted && isUndo && status.stop === null) return { ...attached, aborted: false };
  if (isWanted) throw new RolloutInFlightError(status, kind?.place?.(status));
  await sendCommand(client, found, 'abort', {
    ...(by === undefined ? {} : { by }),
    reason: reason === undefined ? 'undo' : `undo: ${reason}`,
  });
  return { ...attached, aborted: true };
}

/** What started the newest rollout that can say how its undo is guarded, as long as the server remembers it; else `null`. */
async function inputThatGuarded(client: Client, undo: UndoRules, service: string, idPrefix: string): Promise<unknown> {
  const guard = async (run: Run, memo: Memo): Promise<unknown> => {
    if (!undo.hasMoved(memo)) return null;
    const input = await readInput(client, run);
    return undo.canGuard(input) ? input : null;
  };
  // What has just ended is listed a moment late.
  const newest = await findRollout(client, service, idPrefix);
  const own = newest === null ? null : await guard(newest, newest.description.memo);
  if (own !== null) return own;
  const workflowId = workflowIdOf(service, idPrefix);
  const query = `WorkflowId = ${visibilityValue(workflowId)} AND ExecutionStatus != 'Running' AND ExecutionStatus != 'ContinuedAsNew'`;
  let left = LOOKED_AT;
  for await (const run of client.workflow.list({ query, pageSize: LOOKED_AT })) {
    if (run.workflowId !== workflowId) continue;
    const input = await guard(runOf(run), run.memo);
    if (input !== null) return input;
    left -= 1;
    if (left === 0) break;
  }
  return null;
}

type Run = Pick<FoundRollout, 'workflowId' | 'firstRunId'>;
type Memo = Readonly<Record<string, unknown>> | undefined;

function runOf({ workflowId, runId, raw }: WorkflowExecutionInfo): Run {
  return { workflowId, firstRunId: ('firstRunId' in raw ? raw.firstRunId : null) || runId };
}
