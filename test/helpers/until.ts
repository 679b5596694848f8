import { setTimeout as sleep } from 'node:timers/promises';
import { pauseMsAfter } from './pause.js';

export interface UntilOptions {
  /** How long to wait. Default 30 s: a machine may stop for seconds, and a busy one take five times as long as usual. */
  readonly deadlineMs?: number;
  /** Between two looks. Default: longer and longer, as `pauseMsAfter` says. */
  readonly everyMs?: number;
}

/**
 * Looks until the condition holds, and answers with what it saw. `undefined`, `null`, `false` and a thrown error mean
 * *not yet*.
 *
 * @throws Error that says what was waited for, how long, and what was seen last.
 */
export async function until<Value>(
  description: string,
  probe: () => Value | Promise<Value>,
  { deadlineMs = 30_000, everyMs }: UntilOptions = {},
): Promise<Exclude<Value, undefined | null | false>> {
  const startedAtMs = performance.now();
  for (;;) {
    let last: unknown;
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) {
        return value as Exclude<Value, undefined | null | false>;
      }
      last = value;
    } catch (error) {
      last = error;
    }
    const waitedMs = performance.now() - startedAtMs;
    if (waitedMs >= deadlineMs) {
      throw new Error(`waited ${String(deadlineMs)} ms in vain until ${description}; last seen: ${String(last)}`, {
        cause: last,
      });
    }
    await sleep(everyMs ?? pauseMsAfter(waitedMs));
  }
}

/** Until a moment of the clock, met to the millisecond: for what must coincide with it. */
export async function untilMoment(description: string, atMs: number): Promise<void> {
  await until(description, () => Date.now() >= atMs, { everyMs: 1 });
}
