import type { Context } from '@temporalio/activity';

type Attempt = Pick<Context, 'heartbeat'>;

/** No picture waits longer than this; a watch is missed after ten seconds only. */
const TOGETHER_MS = 250;

/**
 * Sends the heartbeats of a worker's watches together. One by one they cost twice as much: each wakes the threads that carry
 * it to the server.
 */
export class Heartbeats {
  private readonly waiting = new Map<Attempt, unknown>();
  private timer: NodeJS.Timeout | null = null;

  /** Soon; `details` take the place of those of the same attempt that still wait. */
  send(attempt: Attempt, details: unknown): void {
    this.waiting.set(attempt, details);
    this.timer ??= setTimeout(() => this.sendAll(), TOGETHER_MS).unref();
  }

  /** The attempt ends: what waits for it is told with its end. */
  forget(attempt: Attempt): void {
    this.waiting.delete(attempt);
  }

  private sendAll(): void {
    this.timer = null;
    const all = [...this.waiting];
    this.waiting.clear();
    for (const [attempt, details] of all) attempt.heartbeat(details);
  }
}
