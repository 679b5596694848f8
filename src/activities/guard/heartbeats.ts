import type { Context } from '@temporalio/activity';
import type { Priority } from '../priority.js';

type Attempt = Pick<Context, 'heartbeat'>;

/** No picture waits longer than this for others. */
const TOGETHER_MS = 250;

/** While traffic goes back for many, heartbeats wait so long at most: a watch is missed after ten seconds. */
const LONGEST_MS = 1500;

/**
 * Sends the heartbeats of a worker's watches together. One by one they cost twice as much: each wakes the threads that carry
 * it to the server.
 */
export class Heartbeats {
  private readonly waiting = new Map<Attempt, () => unknown>();
  private timer: NodeJS.Timeout | null = null;
  private waitingSinceMs = 0;

  constructor(private readonly trafficFirst: Pick<Priority, 'busyForMs'>) {}

  /** Soon; `details` take the place of those of the same attempt that still wait, and are asked for when they are sent. */
  send(attempt: Attempt, details: () => unknown): void {
    this.waiting.set(attempt, details);
    if (this.timer !== null) return;
    this.waitingSinceMs = performance.now();
    this.sendIn(TOGETHER_MS);
  }

  /** The attempt ends: what waits for it is told with its end. */
  forget(attempt: Attempt): void {
    this.waiting.delete(attempt);
  }

  private sendIn(ms: number): void {
    this.timer = setTimeout(() => this.sendAll(), ms).unref();
  }

  private sendAll(): void {
    const maySendAtMs = this.waitingSinceMs + LONGEST_MS;
    const busyForMs = Math.min(this.trafficFirst.busyForMs(), maySendAtMs - performance.now());
    if (busyForMs > 0) {
      this.sendIn(busyForMs);
      return;
    }
    this.timer = null;
    const all = [...this.waiting];
    this.waiting.clear();
    for (const [attempt, details] of all) attempt.heartbeat(details());
  }
}
