import type { NativeConnection } from '@temporalio/worker';
import proto, { type temporal } from '@temporalio/proto';
import { visibilityValue } from '../../domain/visibility-value.js';

const { EventType, TaskQueueKind } = proto.temporal.api.enums.v1;

const TASK_EVENTS = new Set([
  EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
  EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
  EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
]);

/** Where Temporal leaves the workflow tasks of one worker alone. */
export interface StickyQueue {
  readonly name: string;
  readonly kind: temporal.api.enums.v1.TaskQueueKind;
  /** The task queue that all its workers share. */
  readonly normalName: string;
}

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** The part of Temporal where one worker's rollouts live. */
export interface TemporalPlace {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
}

/** Rollouts that are asked, at most: a worker has its share of them all, so that a few know every queue. */
const MOST_ASKED = 40;

/** Of which these are chosen, evenly, so that old and new ones are among them. */
const MOST_LISTED = 500;

/** Events of each that are read, newest first. What a crowd sends to a dead worker stands before the task it waits for. */
const EVENTS_READ = 50;

/** How long Temporal may take to answer. */
export const ANSWER_MS = 5000;

/** A queue, and what waits in it: a name for each task. */
export interface QueueInUse {
  readonly queue: StickyQueue;
  readonly waiting: ReadonlySet<string>;
}

/** The queues of the workers that rollouts of this task queue were last with, alive or not. */
export async function stickyQueues(place: TemporalPlace): Promise<readonly QueueInUse[]> {
  const found = await Promise.all((await openRollouts(place)).map((rollout) => lastTaskOf(place, rollout)));
  const byName = new Map<string, { readonly queue: StickyQueue; readonly waiting: Set<string> }>();
  for (const task of found) {
    if (task === null) continue;
    const inUse = byName.get(task.queue.name) ?? { queue: task.queue, waiting: new Set() };
    if (task.waiting !== null) inUse.waiting.add(task.waiting);
    byName.set(task.queue.name, inUse);
  }
  return [...byName.values()];
}

/**
 * The worker's own queue that the newest workflow task went to; `null` when it went to the common one, or to a worker of
 * another task queue.
 *
 * @param newestFirst the end of a history
 */
export function stickyQueueOf(newestFirst: readonly HistoryEvent[], taskQueue: string): StickyQueue | null {
  const scheduled = newestFirst.find(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED);
  const queue = scheduled?.workflowTaskScheduledEventAttributes?.taskQueue;
  const { name, kind, normalName } = queue ?? {};
  if (kind !== TaskQueueKind.TASK_QUEUE_KIND_STICKY || normalName !== taskQueue || !name) return null;
  return { name, kind, normalName };
}

/** The event of the newest workflow task, unless somebody has taken it. */
export function waitingTaskOf(newestFirst: readonly HistoryEvent[]): string | null {
  const newest = newestFirst.find(({ eventType }) => eventType != null && TASK_EVENTS.has(eventType));
  if (newest?.eventType !== EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) return null;
  return String(newest.eventId);
}

/** At most `most` of them, evenly spread. */
export function spread<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, all.length / most);
  return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

type Execution = temporal.api.common.v1.IWorkflowExecution;

async function openRollouts({ connection, namespace, taskQueue }: TemporalPlace): Promise<readonly Execution[]> {
  const { executions } = await connection.withDeadline(Date.now() + ANSWER_MS, () =>
    connection.workflowService.listWorkflowExecutions({
      namespace,
      pageSize: MOST_LISTED,
      query: `TaskQueue = ${visibilityValue(taskQueue)} AND ExecutionStatus = 'Running'`,
    }),
  );
  return spread(
    executions.flatMap(({ execution }) => (execution ? [execution] : [])),
    MOST_ASKED,
  );
}

async function lastTaskOf(
  place: TemporalPlace,
  execution: Execution,
): Promise<{ readonly queue: StickyQueue; readonly waiting: string | null } | null> {
  const { connection, namespace, taskQueue } = place;
  const { history } = await connection.withDeadline(Date.now() + ANSWER_MS, () =>
    connection.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: EVENTS_READ,
    }),
  );
  const newestFirst = history?.events ?? [];
  const queue = stickyQueueOf(newestFirst, taskQueue);
  if (queue === null) return null;
  const waiting = waitingTaskOf(newestFirst);
  return { queue, waiting: waiting === null ? null : `${String(execution.runId)}/${waiting}` };
}
