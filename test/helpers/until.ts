import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** How long to wait. Default 30 s: a machine may stop for seconds, and a busy one take five times as long as usual. */
  readonly deadlineMs?: number;
  /** Between two looks. Default 20 ms. */
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
  { deadlineMs = 30_000, everyMs = 20 }: UntilOptions = {},
): Promise<Exclude<Value, undefined | null | false>> {
  const endsAtMs = performance.now() + deadlineMs;
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
    if (performance.now() >= endsAtMs) {
      throw new Error(`waited ${String(deadlineMs)} ms in vain until ${description}; last seen: ${String(last)}`, {
        cause: last,
      });
    }
    await sleep(everyMs);
  }
}
