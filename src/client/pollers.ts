import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
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
type Question = Parameters<Describe>[0];

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** A worker that has not asked for so long is gone: the server remembers pollers for five minutes. */
const LATELY_MS = 70_000;

const PURPOSES = ['rollouts', 'router commands', 'guarding'] as const;

/** Whether somebody runs rollouts, and whether somebody guards them. */
export async function describePollers(client: Client, taskQueue: string = TASK_QUEUE): Promise<QueuePollers[]> {
  const polled = await Promise.all(queuesOf(taskQueue).map((queue) => pollersOf(client, queue)));
  return polled.map(({ name, pollers }, index) => ({
    taskQueue: name,
    purpose: PURPOSES[index] ?? '',
    identities: pollers
      .filter(({ lastSeen }) => Date.now() - Math.trunc(lastSeen) * 1000 < LATELY_MS)
      .map(({ identity }) => identity),
  }));
}

/**
 * When each worker asked each queue last, by the server's clock: a worker that lives asks again and again.
 *
 * @param own the queue that Temporal keeps for the worker that has a rollout in its memory, where there is one
 */
export async function lastPolls(
  client: Client,
  taskQueue: string,
  own: StickyQueue | null,
): Promise<ReadonlyMap<string, number>> {
  const sticky =
    own === null ? [] : [{ name: own.name, taskQueue: own, taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW }];
  const polled = await Promise.all([...queuesOf(taskQueue), ...sticky].map((queue) => pollersOf(client, queue)));
  return new Map(
    polled.flatMap(({ name, pollers }, index) =>
      pollers.map(({ identity, lastSeen }) => [`${name} ${String(index)} ${identity}`, lastSeen]),
    ),
  );
}

/** As the server writes it in a history. */
export type StickyQueue = NonNullable<Question['taskQueue']> & { readonly name: string };

type Queue = Pick<Question, 'taskQueue' | 'taskQueueType'> & { readonly name: string };

function queuesOf(taskQueue: string): readonly Queue[] {
  const watches = watchQueueOf(taskQueue);
  return [
    { name: taskQueue, taskQueue: { name: taskQueue }, taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW },
    { name: taskQueue, taskQueue: { name: taskQueue }, taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY },
    { name: watches, taskQueue: { name: watches }, taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY },
  ];
}

interface Poller {
  readonly identity: string;
  /** Seconds since the epoch. */
  readonly lastSeen: number;
}

async function pollersOf(
  client: Client,
  { name, ...question }: Queue,
): Promise<{ readonly name: string; readonly pollers: readonly Poller[] }> {
  const { namespace } = client.options;
  const { pollers } = await client.workflowService.describeTaskQueue({ namespace, ...question });
  return {
    name,
    pollers: pollers.map(({ identity, lastAccessTime }) => ({
      identity: String(identity),
      lastSeen: Number(lastAccessTime?.seconds ?? 0) + (lastAccessTime?.nanos ?? 0) / 1e9,
    })),
  };
}
