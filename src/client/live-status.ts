import {
  ApplicationFailure,
  WorkflowFailedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { StatusBase } from '../domain/rollout/status.js';
import type { RecordedEnd, RolloutKind } from '../domain/rollout/kinds.js';
import { PHASES, isOutcome, type Phase } from '../domain/rollout/phase.js';
import { failedChecks, STOP_CAUSES } from '../domain/rollout/stop.js';
import { HEADGATE_FAULT } from '../workflows/messages.js';
import { askWorker, type Unanswered } from './ask-worker.js';
import { START_MEMO } from '../domain/traffic/serving/memo.js';
import { attributesOf } from './server-record.js';
import type { FoundRollout } from './find-rollout.js';

/** As much of a kind as shows its rollouts. Of a kind that is not known only the common part is. */
type Shown = Pick<RolloutKind, 'recorded' | 'seen'>;

/** A rollout as it stands now: what the workflow says, and what its watch saw last. Answers without a worker too. */
export async function liveStatus(client: Client, kind: Shown, found: FoundRollout): Promise<StatusBase> {
  const [picture, answer] = await Promise.all([pictureOf(client, found.description), askWorker(client, found)]);
  const told = answer === 'busy' || answer === 'none' ? await recordedStatus(client, kind, found, answer) : answer;
  const isBrokenOff = wasBrokenOff(found.description);
  const status = kind.seen?.(told, { picture, isBrokenOff }) ?? told;
  return isBrokenOff ? brokenOff(status, await howBrokenOff(client, found, status.phase)) : status;
}

/** How a workflow ends past its own rules, so that nothing is undone. */
const BREAKS: readonly string[] = ['TERMINATED', 'FAILED', 'TIMED_OUT', 'CANCELLED'];

function wasBrokenOff({ status }: WorkflowExecutionDescription): boolean {
  return BREAKS.includes(status.name);
}

/** A workflow that failed has said why, and where it has left traffic. */
async function howBrokenOff(
  client: Client,
  { workflowId, runId, description }: FoundRollout,
  phase: Phase,
): Promise<{ readonly reason: string; readonly endedAt: Date | undefined }> {
  const result: unknown = await client.workflow
    .getHandle(workflowId, runId)
    .result()
    .catch((error: unknown) => error);
  const failure = result instanceof WorkflowFailedError ? result.cause : undefined;
  const isOurs = failure instanceof ApplicationFailure && failure.type === HEADGATE_FAULT;
  const reason = isOurs ? failure.message : reasonWithoutWorker(description, phase, 'none');
  return { reason, endedAt: description.closeTime };
}

/** A worker still answers for it as if it went on. */
function brokenOff(status: StatusBase, { reason, endedAt }: { reason: string; endedAt: Date | undefined }): StatusBase {
  return {
    ...status,
    endedAt: endedAt?.toISOString() ?? null,
    reason,
    needsHuman: reason,
    takes: [],
  };
}

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

function watchOf({ raw }: WorkflowExecutionDescription): PendingActivity | undefined {
  return raw.pendingActivities?.find(({ activityId }) => activityId?.startsWith('watch-') === true);
}

/** What the watch of a running rollout saw last; `null` without one. */
export async function pictureOf(client: Client, description: WorkflowExecutionDescription): Promise<unknown> {
  const payload = watchOf(description)?.heartbeatDetails?.payloads?.[0];
  if (payload == null) return null;
  const memory = await decodeOptionalSinglePayload<{ picture?: unknown }>(client.options.loadedDataConverter, payload);
  return memory?.picture ?? null;
}

/** What the server alone knows: the search attributes, the memo and, when it is over, the outcome. */
async function recordedStatus(
  client: Client,
  kind: Shown,
  found: FoundRollout,
  worker: Unanswered,
): Promise<StatusBase> {
  const { id, service, description } = found;
  const attributes = attributesOf(description);
  const isClosed = description.status.name === 'COMPLETED';
  const end = isClosed ? await endOf(client, found) : null;
  const phase = PHASES.find((known) => known === attributes.HeadgatePhase) ?? 'waiting';
  const reason = reasonWithoutWorker(description, phase, worker);
  // Without a worker nothing goes on until somebody starts one; a busy one comes to it by itself.
  const wasNeeded = attributes.HeadgateNeedsHuman === true;
  const requestId = attributes.HeadgateRequestId;
  const common: StatusBase = {
    id,
    service,
    name: service,
    version: null,
    phase: end?.outcome ?? phase,
    outcome: end?.outcome ?? null,
    // Nobody has told: what has begun may have moved something.
    moved: end?.moved ?? phase !== 'waiting',
    stop: stopOf(end),
    isComplete: isClosed,
    startedAt: description.startTime.toISOString(),
    endedAt: description.closeTime?.toISOString() ?? null,
    resumesAt: null,
    reason: end?.reason ?? reason,
    needsHuman: isClosed || isOutcome(phase) || (worker === 'busy' && !wasNeeded) ? null : reason,
    takes: isClosed ? [] : ['abort', 'emergencyStop', 'pause'],
    warnings: [],
    history: [],
    requestedBy: null,
    requestId: typeof requestId === 'string' && requestId !== '' ? requestId : null,
    worker,
    asOf: new Date().toISOString(),
  };
  return kind.recorded?.(common, { attributes, memo: memoOf(description.memo), end }) ?? common;
}

async function endOf(client: Client, { workflowId, runId }: FoundRollout): Promise<RecordedEnd | null> {
  const end: unknown = await client.workflow
    .getHandle(workflowId, runId)
    .result()
    .catch(() => null);
  return end as RecordedEnd | null;
}

/** The memo of its start; one that is missing, e.g. of a workflow started by hand, tells nothing. */
function memoOf(memo: Record<string, unknown> | undefined): object | null {
  const value = memo?.[START_MEMO];
  return typeof value === 'object' ? value : null;
}

function stopOf(end: RecordedEnd | null): StatusBase['stop'] {
  const cause = STOP_CAUSES.find((known) => known === end?.cause);
  if (cause === undefined || end === null) return null;
  const checks = failedChecks(end);
  return { cause, at: null, ...(checks.length === 0 ? {} : { checks }) };
}

/** What ends a workflow before it can undo anything. */
const ENDED_BY_OTHERS: Readonly<Record<string, string>> = {
  TERMINATED: 'the workflow was terminated',
  TIMED_OUT: 'the workflow ran into a timeout that it was started with',
  CANCELLED: 'the workflow was cancelled, past its own rules',
};

function reasonWithoutWorker({ status }: WorkflowExecutionDescription, phase: Phase, worker: Unanswered): string {
  const how = ENDED_BY_OTHERS[status.name];
  if (how !== undefined)
    return `${how}: nothing was undone; look at the weights, then start with --adopt or use break-glass`;
  if (status.name === 'FAILED')
    return 'the workflow failed: Headgate or its input is broken; look at the workflow in Temporal';
  return worker === 'busy'
    ? `a worker takes tasks but did not answer in time: it is busy, or hangs; it was ${phase} when last seen`
    : `no worker answers; it was ${phase} when last seen`;
}
