/**
 * A countdown that can be stopped. It keeps what remains, never a deadline, so that a pause, a restart or an outage
 * neither eats nor gives time.
 */
export interface Clock {
  /** What remained when the clock was last started or stopped. */
  readonly remainingMs: number;
  /** Epoch milliseconds since when it runs; `null` while it stands still. */
  readonly runningSinceMs: number | null;
}

export function stoppedClock(durationMs: number): Clock {
  return { remainingMs: durationMs, runningSinceMs: null };
}

export function startClock(clock: Clock, nowMs: number): Clock {
  return clock.runningSinceMs === null ? { remainingMs: clock.remainingMs, runningSinceMs: nowMs } : clock;
}

export function stopClock(clock: Clock, nowMs: number): Clock {
  return { remainingMs: remainingOf(clock, nowMs), runningSinceMs: null };
}

/** Milliseconds, never below 0. */
export function remainingOf(clock: Clock, nowMs: number): number {
  if (clock.runningSinceMs === null) return clock.remainingMs;
  return Math.max(0, clock.remainingMs - Math.max(0, nowMs - clock.runningSinceMs));
}

/** Epoch milliseconds when it will have run down; `null` while it stands still. */
export function endOf(clock: Clock): number | null {
  return clock.runningSinceMs === null ? null : clock.runningSinceMs + clock.remainingMs;
}
