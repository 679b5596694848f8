import {
  ApplicationFailure,
  WorkflowFailedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { PHASES, isOutcome, type Phase } from '../domain/rollout/phase.js';
import type { WatchPicture } from '../domain/traffic/picture.js';
import { failedChecks, STOP_CAUSES } from '../domain/rollout/stop.js';
import { stageStateOf } from '../domain/stages/status.js';
import { UNSEEN } from '../domain/canary/status.js';
import { type RolloutStatus } from '../domain/canary/status.js';
import { withPicture } from '../domain/canary/with-picture.js';
import { HEADGATE_FAULT, type RolloutOutcome } from '../workflows/messages.js';
import { askWorker, type Unanswered } from './ask-worker.js';
import type { FoundRollout } from './find-rollout.js';
import { readMemo } from './memo.js';

/** A rollout as it stands now: what the workflow says, and what its watch saw last. Answers without a worker too. */
export async function liveStatus(client: Client, found: FoundRollout): Promise<RolloutStatus> {
  const [picture, answer] = await Promise.all([pictureOf(client, found.description), askWorker(client, found)]);
  const asked = answer === 'busy' || answer === 'none' ? await statusWithoutWorker(client, found, answer) : answer;
  const status = withPicture(asked, picture);
  return wasBrokenOff(found.description) ? brokenOff(status, await howBrokenOff(client, found, status.phase)) : status;
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
function brokenOff(
  status: RolloutStatus,
  { reason, endedAt }: { reason: string; endedAt: Date | undefined },
): RolloutStatus {
  return {
    ...status,
    endedAt: endedAt?.toISOString() ?? null,
    stageEndsAt: null,
    reason,
    needsHuman: reason,
    takes: [],
  };
}

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

function watchOf({ raw }: WorkflowExecutionDescription): PendingActivity | undefined {
  return raw.pendingActivities?.find(({ activityId }) => activityId?.startsWith('watch-') === true);
}

async function pictureOf(client: Client, description: WorkflowExecutionDescription): Promise<WatchPicture | null> {
  const payload = watchOf(description)?.heartbeatDetails?.payloads?.[0];
  if (payload == null) return null;
  const memory = await decodeOptionalSinglePayload<{ picture?: WatchPicture }>(
    client.options.loadedDataConverter,
    payload,
  );
  return memory?.picture ?? null;
}

/** What the server alone knows: the search attributes, the memo and, when it is over, the outcome. */
async function statusWithoutWorker(
  client: Client,
  { id, service, workflowId, runId, description }: FoundRollout,
  worker: Unanswered,
): Promise<RolloutStatus> {
  const attributes = Object.fromEntries(
    description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
  );
  const memo = readMemo(description.memo);
  const over = description.status.name === 'COMPLETED';
  const outcome = over
    ? ((await client.workflow
        .getHandle(workflowId, runId)
        .result()
        .catch(() => null)) as RolloutOutcome | null)
    : null;
  const phase = PHASES.find((known) => known === attributes.HeadgatePhase) ?? 'waiting';
  const stage = Number(attributes.HeadgateStage ?? 0);
  const reason = reasonWithoutWorker(description, phase, worker);
  // Without a worker nothing goes on until somebody starts one; a busy one comes to it by itself.
  const wasNeeded = attributes.HeadgateNeedsHuman === true;
  return {
    id,
    service,
    name: memo?.name ?? service,
    ...UNSEEN,
    version: memo?.version ?? null,
    phase: outcome?.outcome ?? phase,
    outcome: outcome?.outcome ?? null,
    moved: outcome?.moved ?? stage > 0,
    ...(memo?.undo === undefined ? {} : { undo: memo.undo }),
    stop: stopOf(outcome),
    currentStage: stage,
    stageCount: memo?.stages.length ?? 0,
    trafficPercentage: Number(attributes.HeadgateTrafficPercent ?? 0),
    desired: outcome?.weights ?? null,
    stages: (memo?.stages ?? []).map((plan, index) => ({
      ...plan,
      state: stageStateOf(index + 1, { currentStage: stage, outcome: outcome?.outcome ?? null }),
      startedAt: null,
      endedAt: null,
      conclusion: null,
    })),
    isComplete: over,
    startedAt: description.startTime.toISOString(),
    endedAt: description.closeTime?.toISOString() ?? null,
    reason: outcome?.reason ?? reason,
    needsHuman: over || isOutcome(phase) || (worker === 'busy' && !wasNeeded) ? null : reason,
    takes: over ? [] : ['abort', 'emergencyStop', 'pause'],
    requestedBy: memo?.requestedBy ?? null,
    requestId:
      typeof attributes.HeadgateRequestId === 'string' && attributes.HeadgateRequestId !== ''
        ? attributes.HeadgateRequestId
        : null,
    worker,
    asOf: new Date().toISOString(),
  };
}

function stopOf(outcome: RolloutOutcome | null): RolloutStatus['stop'] {
  const cause = STOP_CAUSES.find((known) => known === outcome?.cause);
  if (cause === undefined || outcome === null) return null;
  const checks = failedChecks(outcome);
  return { cause, at: null, ...(checks.length === 0 ? {} : { checks }) };
}

function reasonWithoutWorker({ status }: WorkflowExecutionDescription, phase: Phase, worker: Unanswered): string {
  if (status.name === 'TERMINATED') {
    return 'the workflow was terminated: nothing was undone; look at the weights, then start with --adopt or use break-glass';
  }
  if (status.name === 'FAILED')
    return 'the workflow failed: Headgate or its input is broken; look at the workflow in Temporal';
  return worker === 'busy'
    ? `a worker takes tasks but did not answer in time: it is busy, or hangs; it was ${phase} when last seen`
    : `no worker answers; it was ${phase} when last seen`;
}
