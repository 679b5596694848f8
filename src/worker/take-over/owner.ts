import { setTimeout as sleep } from 'node:timers/promises';
import proto from '@temporalio/proto';
import { ANSWER_MS, type StickyQueue, type TemporalPlace } from './sticky-queues.js';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** How long a live worker is given to poll again: it does so within milliseconds, from a thread of its own. */
const RETURNS_WITHIN_MS = 150;

const LOOK_EVERY_MS = 25;

/**
 * Whether the queue's worker lives. It is told that nobody attends its queue: a live worker's polls end, it polls again, and
 * that is seen; at most a task that comes in between goes to another worker, at the price of one replay.
 */
export async function hasOwner(place: TemporalPlace, queue: StickyQueue, identity: string): Promise<boolean> {
  await declareUnattended(place, queue, identity);
  const endsAtMs = Date.now() + RETURNS_WITHIN_MS;
  do {
    if (await isPolled(place, queue)) return true;
    await sleep(LOOK_EVERY_MS);
  } while (Date.now() < endsAtMs);
  return isPolled(place, queue);
}

/**
 * Temporal forgets who polled the queue, so that the next tasks go to all workers; what waits in it stays. Without this it
 * sends them there for 10 s after the last poll. It is what a worker does itself when it is shut down in order.
 */
export async function declareUnattended(
  { connection, namespace }: TemporalPlace,
  { name }: StickyQueue,
  identity: string,
): Promise<void> {
  await connection.withDeadline(Date.now() + ANSWER_MS, () =>
    connection.workflowService.shutdownWorker({
      namespace,
      stickyTaskQueue: name,
      identity,
      reason: 'looking whether its worker is gone',
    }),
  );
}

async function isPolled({ connection, namespace }: TemporalPlace, taskQueue: StickyQueue): Promise<boolean> {
  const { pollers } = await connection.withDeadline(Date.now() + ANSWER_MS, () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue,
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    }),
  );
  return pollers.length > 0;
}
