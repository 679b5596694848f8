import type { Client } from '@temporalio/client';
import { TASK_QUEUE, watchQueueOf } from '../workflows/messages.js';

/** Who takes work from one task queue. */
export interface QueuePollers {
  readonly taskQueue: string;
  /** What it is for, in words. */
  readonly purpose: string;
  /** Identities of the workers that have asked for work lately. */
  readonly identities: readonly string[];
}

type Describe = Client['workflowService']['describeTaskQueue'];
type QueueType = NonNullable<Parameters<Describe>[0]['taskQueueType']>;

/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- the enum's names are not reachable from here */
/** `TASK_QUEUE_TYPE_WORKFLOW` and `TASK_QUEUE_TYPE_ACTIVITY`, which the client does not export by name. */
const WORKFLOW_QUEUE = 1 as QueueType;
const ACTIVITY_QUEUE = 2 as QueueType;
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */

/** A worker that has not asked for so long is gone: the server remembers pollers for five minutes. */
const LATELY_MS = 70_000;

/** Whether somebody runs rollouts, and whether somebody guards them. */
export async function describePollers(client: Client, taskQueue: string = TASK_QUEUE): Promise<QueuePollers[]> {
  const queues = [
    { name: taskQueue, type: WORKFLOW_QUEUE, purpose: 'rollouts' },
    { name: taskQueue, type: ACTIVITY_QUEUE, purpose: 'router commands' },
    { name: watchQueueOf(taskQueue), type: ACTIVITY_QUEUE, purpose: 'guarding' },
  ];
  return Promise.all(
    queues.map(async ({ name, type, purpose }) => {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name },
        taskQueueType: type,
      });
      const lately = pollers.filter(
        ({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1000 < LATELY_MS,
      );
      return { taskQueue: name, purpose, identities: lately.map(({ identity }) => String(identity)) };
    }),
  );
}
