import { hostname } from 'node:os';
import { Runtime } from '@temporalio/worker';
import { drain } from './drain.js';
import { declareUnattended, hasOwner } from './owner.js';
import { stickyQueues, type StickyQueue, type TemporalPlace } from './sticky-queues.js';

/** What goes on beside the start of a worker. */
export interface TakeOver {
  /** Ends by itself; never rejects. */
  readonly done: Promise<void>;
  /** Ends it; resolves when no task is in its hands. */
  stop(): Promise<void>;
}

/** By then the tasks that waited when this began have timed out by themselves. */
const LONGEST_MS = 15_000;

/** Not the worker's own: who reads a history sees why a task was given back. */
const IDENTITY = `${String(process.pid)}@${hostname()} takes over`;

/**
 * Takes over what workers that were killed have left. Temporal keeps a rollout's next task for the worker that had the
 * last one, for 10 s: without this, an abort that was sent while there was no worker would wait that long after a restart.
 * What cannot be taken over is served when those 10 s are over, so no failure here may stop a worker.
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
    await Promise.all(
      queues.map(async (queue) => {
        try {
          const tasks = await takeOverFrom(place, queue, goesOn);
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

async function takeOverFrom(place: TemporalPlace, queue: StickyQueue, goesOn: () => boolean): Promise<number> {
  if (!goesOn() || (await hasOwner(place, queue, IDENTITY))) return 0;
  try {
    return await drain(place, queue, IDENTITY, goesOn);
  } finally {
    // Our own polls have made it look attended.
    await declareUnattended(place, queue, IDENTITY);
  }
}
