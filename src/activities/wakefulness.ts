/** How often it is noted that this process runs. */
const NOTE_EVERY_MS = 500;

/**
 * Without a note for so long it stood still. One that hundreds of rollouts keep busy comes to its timers after two seconds,
 * and must not be slowed down further; a change of weights has six.
 */
const STANDSTILL_MS = 5000;

/** For so long after it woke, what was sent to it while it stood still may be coming in. */
const CATCHING_UP_MS = 1000;

/** Knows when this process stood still: it was stopped, or its machine was. */
export class Wakefulness {
  private timer: NodeJS.Timeout | null = null;
  private notedMs = 0;
  private stoodStillFromMs = 0;
  /** By the clock that nobody sets. */
  private caughtUpAt = -Infinity;

  /** From now on until `ended`; does not keep the process alive. */
  watch(ended?: AbortSignal): void {
    if (this.timer !== null) return;
    this.notedMs = Date.now();
    this.timer = setInterval(() => {
      this.note();
    }, NOTE_EVERY_MS).unref();
    ended?.addEventListener('abort', () => this.end(), { once: true });
  }

  /**
   * The earliest moment at which that which comes in now may have been sent, epoch milliseconds: who has just woken may
   * be handed what has waited for them all the time.
   */
  sentMs(): number {
    this.note();
    return performance.now() < this.caughtUpAt ? Math.min(this.stoodStillFromMs, this.notedMs) : this.notedMs;
  }

  private end(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private note(): void {
    const nowMs = Date.now();
    if (this.timer !== null && nowMs - this.notedMs >= STANDSTILL_MS) {
      const isCatchingUp = performance.now() < this.caughtUpAt;
      if (!isCatchingUp) this.stoodStillFromMs = this.notedMs;
      this.caughtUpAt = performance.now() + CATCHING_UP_MS;
    }
    this.notedMs = nowMs;
  }
}
