import proto from '@temporalio/proto';
import { ANSWER_MS, type StickyQueue, type TemporalPlace } from './sticky-queues.js';

const { QueryResultType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** Tasks asked for at once. */
const AT_ONCE = 8;

/** How long an empty queue is listened to: Temporal answers a second before the deadline, which must be 2 s or more. */
const POLL_MS = 2200;

/**
 * Takes what waits in a queue whose worker is gone, and gives it back: Temporal then schedules it at once for all workers,
 * and not when the queue's own timeout has passed.
 *
 * @param goesOn `false` ends it before the next task
 * @returns how many
 */
export async function drain(
  place: TemporalPlace,
  queue: StickyQueue,
  identity: string,
  goesOn: () => boolean,
): Promise<number> {
  let tasks = 0;
  const takeAll = async (): Promise<void> => {
    while (goesOn() && (await giveBackOne(place, queue, identity))) tasks += 1;
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, takeAll));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return tasks;
}

async function giveBackOne(
  { connection, namespace }: TemporalPlace,
  taskQueue: StickyQueue,
  identity: string,
): Promise<boolean> {
  const { workflowService } = connection;
  const { taskToken, query } = await connection.withDeadline(Date.now() + POLL_MS, () =>
    workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity }),
  );
  if (taskToken.length === 0) return false;
  await connection.withDeadline(Date.now() + ANSWER_MS, async () => {
    if (query) {
      await workflowService.respondQueryTaskCompleted({
        namespace,
        taskToken,
        completedType: QueryResultType.QUERY_RESULT_TYPE_FAILED,
        errorMessage: 'the worker that knew the answer is gone: ask again',
      });
    } else {
      await workflowService.respondWorkflowTaskFailed({
        namespace,
        taskToken,
        identity,
        // Unlike other failures of a task it counts as no attempt, so that nothing delays the next one.
        cause: WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_STICKY_TASK_QUEUE,
      });
    }
  });
  return true;
}
