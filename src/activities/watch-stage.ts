import {
  activityInfo,
  ApplicationFailure,
  Context,
  CancelledFailure,
  cancellationSignal,
  CompleteAsyncError,
  getClient,
  heartbeat,
} from '@temporalio/activity';
import type { WatchEnd, WatchInput } from './contracts.js';
import { outlast, outlive } from './guard/detached-guard.js';
import { GuardLoop } from './guard/guard-loop.js';
import { StageUndo } from './guard/stage-undo.js';
import { StageWatch, type WatchMemory } from './watch/stage-watch.js';
import type { World } from './world.js';

/** A look may take longer than Temporal waits for a sign of life, when a metric source is slow. */
const ALIVE_EVERY_MS = 2000;

/** So many attempts that fail before they begin to look are a moment's trouble. */
const QUIET_ATTEMPTS = 10;

/**
 * Guards one stage: attends to a guard that samples, probes, applies the checks and puts traffic back by itself; heartbeats
 * the picture; returns only when something is wrong. What cannot be known is shown as trouble and tried again: it is never
 * a breach.
 */
export async function watchStage(world: World, input: WatchInput): Promise<WatchEnd> {
  const { attempt } = activityInfo();
  let guard: GuardLoop;
  try {
    guard = guardFor(world, input);
  } catch (error) {
    if (attempt < QUIET_ATTEMPTS || input.known.unguarded === true) throw error;
    return { kind: 'blind', reason: error instanceof Error ? error.message : String(error) };
  }
  return attend(guard, world);
}

function guardFor(world: World, input: WatchInput): GuardLoop {
  const { ports, guards, undos, observer, listener, trafficFirst, health } = world;
  const info = activityInfo();
  const { workflowExecution, activityId, attempt } = info;
  const activity = `${workflowExecution?.runId ?? ''}/${activityId}`;
  const reported = info.heartbeatDetails as WatchMemory | undefined;
  return guards.guardOf(activity, input.rolloutId, (before) => {
    const { roles, sharePercent } = input;
    const service = ports.serviceNamed(input.plan.service);
    const memory = reported ?? before?.memory ?? health.of(input.rolloutId);
    const watch = new StageWatch(service, input, memory, observer, undos);
    return new GuardLoop({
      input,
      watch,
      takesOver: attempt > 1 && reported !== undefined && reported.isHandedOver !== true,
      undo: new StageUndo(service, input, watch, undos, trafficFirst),
      heard: listener.watching({ service: input.plan.service, roles, sharePercent }),
    });
  });
}

async function attend(guard: GuardLoop, { trafficFirst, heartbeats, health }: World): Promise<WatchEnd> {
  const signal = cancellationSignal();
  // Of this attempt: the guard itself may have been begun by another one.
  const attempt = Context.current();
  // Only a look that takes long gives signs of life of its own: hundreds of watches must not cost twice as much.
  const alive = setInterval(() => {
    const { lookingSinceMs } = guard;
    const takesLong = lookingSinceMs !== null && performance.now() - lookingSinceMs >= ALIVE_EVERY_MS;
    if (takesLong) heartbeats.send(attempt, () => guard.memory);
  }, ALIVE_EVERY_MS);
  const leave = guard.attend((memory) => {
    health.keep(guard.rolloutId, memory);
    heartbeats.send(attempt, () => memory);
  });
  const attendance = new AbortController();
  try {
    const end = await Promise.race([guard.found, releaseOf(guard, attendance.signal), cancellationOf(signal)]);
    // The weights of all go before the paperwork of one.
    if (end.kind === 'breach') await trafficFirst.afterwards(() => Promise.resolve());
    return end;
  } catch (error) {
    throw error instanceof CancelledFailure ? whenCancelled(guard, error) : error;
  } finally {
    attendance.abort();
    clearInterval(alive);
    leave();
    heartbeats.forget(attempt);
  }
}

/**
 * Never, where the attempt has ended otherwise by then: it is over for the server, and needs no sign of life.
 *
 * @throws CompleteAsyncError which ends an activity without a word to the server
 */
async function releaseOf(guard: GuardLoop, attendance: AbortSignal): Promise<never> {
  await guard.over;
  if (guard.isReleased && !attendance.aborted) {
    outlast(activityInfo().taskToken, getClient(), guard.memory);
    throw new CompleteAsyncError();
  }
  return new Promise(() => undefined);
}

async function cancellationOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const cancel = (): void => reject(signal.reason as Error);
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
}

/** Why the activity ends decides whether its guard does. */
function whenCancelled(guard: GuardLoop, cancelled: CancelledFailure): Error {
  switch (cancelled.message) {
    case 'WORKER_SHUTDOWN':
      guard.release();
      heartbeat({ ...guard.memory, isHandedOver: true } satisfies WatchMemory);
      return ApplicationFailure.create({
        type: 'WORKER_SHUTDOWN',
        message: 'the worker shuts down; another one goes on watching',
        category: 'BENIGN',
      });
    case 'TIMED_OUT':
    case 'NOT_FOUND':
      // Temporal has not been heard, or counts on another attempt: that says nothing about the stage.
      outlive(guard, activityInfo().taskToken, getClient());
      return new CompleteAsyncError();
    default:
      guard.release();
      return cancelled;
  }
}
