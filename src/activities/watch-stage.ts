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
import { Need } from './watch/needless.js';
import { nextTickMs } from './watch/tick.js';
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
  const need = new Need(input.rolloutId);
  try {
    for (;;) {
      const lookedAtMs = Date.now();
      const end = await stayingAlive(watch, () => watch.look(lookedAtMs, signal));
      const { memory: seen } = watch;
      heartbeat(seen);
      heard.saw(seen.picture);
      // The undo, which is done, would only look like a drift; the workflow ends, and asks no more of this.
      need.throwIfOver();
      if (end !== null) return end;
      // On the edges of intervals, so that a breach is seen as soon as its interval is over.
      await need.orOver(sleep(Math.max(1, nextTickMs(input.startedAtMs, tickMs, lookedAtMs) - Date.now())));
      need.throwIfOver();
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
    need.forget();
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

function shutsDown(signal: AbortSignal): boolean {
  return signal.aborted && String((signal.reason as Error | undefined)?.message) === 'WORKER_SHUTDOWN';
}
