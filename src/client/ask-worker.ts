import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { StatusBase } from '../domain/rollout/status.js';
import { STATUS_QUERY } from '../workflows/messages.js';
import type { FoundRollout } from './find-rollout.js';
import { lastPolls, type StickyQueue } from './pollers.js';

/** How long a worker may take to answer before the status is put together without it. */
const QUERY_DEADLINE_MS = 2000;

/** The second question has hardly a chance where the first had none: it shows who comes for it. */
const SECOND_DEADLINE_MS = 1000;

/** A worker that is busy comes back for more as soon as it has a moment. */
const COMES_BACK_WITHIN_MS = 3000;
const LOOK_AGAIN_MS = 200;

/** A worker that was just started refuses what it is asked before it has heard what happened, and answers a moment later. */
const ASK_AGAIN_MS = 100;

/** The status, or why there is none: a worker that takes tasks but did not answer in time, or no worker at all. */
export type WorkerAnswer = StatusBase | Unanswered;
export type Unanswered = 'busy' | 'none';

export async function askWorker(client: Client, found: FoundRollout): Promise<WorkerAnswer> {
  const answer = await ask(client, found, QUERY_DEADLINE_MS);
  if (answer !== null) return answer;
  if (found.description.status.name !== 'RUNNING') return 'none';
  return askAgain(client, found);
}

/**
 * The server remembers workers for minutes after they have died, so that it knows one proves nothing. One that lives comes
 * back for the next task as soon as it is given one: the second question is such a task.
 */
async function askAgain(client: Client, found: FoundRollout): Promise<WorkerAnswer> {
  const own = await stickyQueueOf(client, found).catch(() => null);
  const polls = (): Promise<ReadonlyMap<string, number>> =>
    lastPolls(client, found.description.taskQueue, own).catch(() => new Map<string, number>());
  const before = await polls();
  const answer = await ask(client, found, SECOND_DEADLINE_MS);
  if (answer !== null) return answer;
  const endsAtMs = performance.now() + COMES_BACK_WITHIN_MS;
  do {
    const after = await polls();
    if ([...after].some(([poller, atS]) => before.has(poller) && before.get(poller) !== atS)) return 'busy';
    await sleep(LOOK_AGAIN_MS);
  } while (performance.now() < endsAtMs);
  return 'none';
}

/** Events that are read, newest first: the last workflow task is among them but in a crowd of signals. */
const EVENTS_READ = 50;

/** Where the newest task of the rollout went: to the worker that has it in its memory, past the queue of all. */
async function stickyQueueOf(client: Client, { workflowId, runId }: FoundRollout): Promise<StickyQueue | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: EVENTS_READ,
  });
  const task = history?.events?.find(({ workflowTaskScheduledEventAttributes: one }) => one != null);
  const queue = task?.workflowTaskScheduledEventAttributes?.taskQueue;
  if (!queue?.name || !queue.normalName) return null;
  return { ...queue, name: queue.name };
}

async function ask(
  client: Client,
  { workflowId, runId }: FoundRollout,
  deadlineMs: number,
): Promise<StatusBase | null> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const endsAtMs = Date.now() + deadlineMs;
  do {
    try {
      return await client.withDeadline(endsAtMs, () => handle.query<StatusBase>(STATUS_QUERY));
    } catch {
      await sleep(ASK_AGAIN_MS);
    }
  } while (Date.now() < endsAtMs);
  return null;
}
