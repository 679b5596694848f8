import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Runtime } from '@temporalio/worker';
import { drain } from './drain.js';
import { declareUnattended, hasOwner } from './owner.js';
import { stickyQueues, type QueueInUse, type StickyQueue, type TemporalPlace } from './sticky-queues.js';

/** What goes on beside the start of a worker. */
export interface TakeOver {
  /** Ends by itself; never rejects. */
  readonly done: Promise<void>;
  /** Ends it; resolves when no task is in its hands. */
  stop(): Promise<void>;
}

/** A crowd of hundreds is given back by then. */
const LONGEST_MS = 15_000;

/** A live worker takes a task within milliseconds; one in a crowd shares its work for the price of a replay. */
const LIES_AFTER_MS = 250;

/** Not the worker's own: who reads a history sees why a task was given back. */
const IDENTITY = `${String(process.pid)}@${hostname()} takes over`;

/**
 * Takes over what workers that were killed have left. Temporal keeps a rollout's next task for the worker that had the
 * last one, for 30 s: without this, an abort that was sent while there was no worker would wait that long after a restart.
 * What cannot be taken over is served when those 30 s are over, so no failure here may stop a worker.
 */
export function beginTakeOver(place: TemporalPlace): TakeOver {
  const endsAtMs = Date.now() + LONGEST_MS;
  let isStopped = false;
  const done = takeOver(place, () => !isStopped && Date.now() < endsAtMs);
  return {
    done,
    stop: () => {
      isStopped = true;
      return done;
    },
  };
}

async function takeOver(place: TemporalPlace, goesOn: () => boolean): Promise<void> {
  const { logger } = Runtime.instance();
  try {
    const queues = await stickyQueues(place);
    const lying = await whereTasksLie(place, queues);
    await Promise.all(
      queues.map(async ({ queue }) => {
        try {
          const tasks = await takeOverFrom(place, queue, goesOn, lying.has(queue.name));
          if (tasks > 0) logger.info('took over what a worker that is gone has left', { queue: queue.name, tasks });
        } catch (error) {
          logger.warn('could not take over from a worker', { queue: queue.name, why: String(error) });
        }
      }),
    );
  } catch (error) {
    logger.warn('could not look for workers that are gone', { why: String(error) });
  }
}

/** The queues where the same task waits as a moment ago: nobody takes it. */
async function whereTasksLie(place: TemporalPlace, before: readonly QueueInUse[]): Promise<ReadonlySet<string>> {
  const waited = new Set(before.flatMap(({ waiting }) => [...waiting]));
  if (waited.size === 0) return new Set();
  await sleep(LIES_AFTER_MS);
  const now = await stickyQueues(place);
  return new Set(
    now.flatMap(({ queue, waiting }) => ([...waiting].some((task) => waited.has(task)) ? [queue.name] : [])),
  );
}

/**
 * Where tasks lie, the owner is not asked for first: that ends the questions which wait in the queue, Temporal then takes
 * the rollout out of it and loses the task that lies there until its time has passed.
 */
async function takeOverFrom(
  place: TemporalPlace,
  queue: StickyQueue,
  goesOn: () => boolean,
  tasksLie: boolean,
): Promise<number> {
  if (!goesOn() || (!tasksLie && (await hasOwner(place, queue, IDENTITY)))) return 0;
  try {
    return await drain(place, queue, IDENTITY, goesOn);
  } finally {
    // Our own polls have made it look attended.
    await declareUnattended(place, queue, IDENTITY);
  }
}
