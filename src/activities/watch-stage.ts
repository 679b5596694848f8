import {
  activityInfo,
  ApplicationFailure,
  CancelledFailure,
  cancellationSignal,
  heartbeat,
  sleep,
} from '@temporalio/activity';
import { UNOBSERVED, type RolloutObserver } from '../ports/rollout-observer.js';
import type { Ports } from '../ports/service.js';
import type { WatchEnd, WatchInput } from './contracts.js';
import { Observer } from './observing/observer.js';
import { StageWatch, type WatchMemory } from './watch/stage-watch.js';

/** How often the picture is renewed, at most; checks are applied every monitoring interval. */
const LONGEST_TICK_MS = 5000;

/** A look may take longer than Temporal waits for a sign of life, when a metric source is slow. */
const ALIVE_EVERY_MS = 2000;

/**
 * Guards one stage: samples, probes, applies the checks and heartbeats the picture; returns only when something is
 * wrong. What cannot be known is shown as trouble and tried again: it is never a breach.
 */
export async function watchStage(
  ports: Ports,
  input: WatchInput,
  listener: RolloutObserver = UNOBSERVED,
  observer = new Observer(ports.observations),
): Promise<WatchEnd> {
  const memory = activityInfo().heartbeatDetails as WatchMemory | undefined;
  const watch = new StageWatch(ports.serviceNamed(input.plan.service), input, memory ?? null, observer);
  const signal = cancellationSignal();
  const tickMs = Math.min(input.monitoringIntervalMs, LONGEST_TICK_MS);
  const { roles, sharePercent } = input;
  const heard = listener.watching({ service: input.plan.service, roles, sharePercent });
  try {
    for (;;) {
      const end = await stayingAlive(watch, () => watch.look(Date.now(), signal));
      const { memory: seen } = watch;
      heartbeat(seen);
      heard.saw(seen.picture);
      if (end !== null) return end;
      await sleep(untilNextTick(input.startedAtMs, tickMs));
    }
  } catch (error) {
    if (error instanceof CancelledFailure && shutsDown(signal)) {
      throw ApplicationFailure.create({
        type: 'WORKER_SHUTDOWN',
        message: 'the worker shuts down; another one goes on watching',
        category: 'BENIGN',
      });
    }
    throw error;
  } finally {
    heard.ended();
  }
}

/** Only a look that takes long gives signs of life of its own: hundreds of watches must not cost twice as much. */
async function stayingAlive<T>(watch: StageWatch, look: () => Promise<T>): Promise<T> {
  const alive = setInterval(() => {
    heartbeat(watch.memory);
  }, ALIVE_EVERY_MS);
  try {
    return await look();
  } finally {
    clearInterval(alive);
  }
}

/** Ticks fall on the edges of intervals, so that a breach is seen as soon as its interval is over. */
function untilNextTick(startedAtMs: number, tickMs: number): number {
  return tickMs - ((Date.now() - startedAtMs) % tickMs);
}

function shutsDown(signal: AbortSignal): boolean {
  return signal.aborted && String((signal.reason as Error | undefined)?.message) === 'WORKER_SHUTDOWN';
}
