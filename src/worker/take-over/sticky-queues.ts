import type { NativeConnection } from '@temporalio/worker';
import proto, { type temporal } from '@temporalio/proto';
import { visibilityValue } from '../../domain/visibility-value.js';

const { EventType, TaskQueueKind } = proto.temporal.api.enums.v1;

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

/** The queues of the workers that rollouts of this task queue were last with, alive or not. */
export async function stickyQueues(place: TemporalPlace): Promise<readonly StickyQueue[]> {
  const found = await Promise.all((await openRollouts(place)).map((rollout) => queueOf(place, rollout)));
  const byName = new Map(found.flatMap((queue) => (queue === null ? [] : [[queue.name, queue]])));
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

async function queueOf(place: TemporalPlace, execution: Execution): Promise<StickyQueue | null> {
  const { connection, namespace, taskQueue } = place;
  const { history } = await connection.withDeadline(Date.now() + ANSWER_MS, () =>
    connection.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution,
      maximumPageSize: EVENTS_READ,
    }),
  );
  return stickyQueueOf(history?.events ?? [], taskQueue);
}
