import { setTimeout as sleep } from 'node:timers/promises';
import { NotReadyError } from './errors.js';

export interface WaitForOptions {
  readonly deadlineMs: number;
  /** Between two looks. Default 50 ms. */
  readonly everyMs?: number;
  readonly signal?: AbortSignal;
}

/** What a look came to: the value that was waited for, or why it is not there yet. */
export type Look<Value> = { readonly value: Value } | { readonly notYet: string };

/**
 * Looks until the value is there.
 *
 * @throws NotReadyError that says what was waited for and what was in the way last; and whatever `look` throws.
 */
export async function waitFor<Value>(
  what: string,
  look: () => Promise<Look<Value>> | Look<Value>,
  { deadlineMs, everyMs = 50, signal }: WaitForOptions,
): Promise<Value> {
  const endsAtMs = performance.now() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    const seen = await look();
    if ('value' in seen) return seen.value;
    if (performance.now() >= endsAtMs) throw new NotReadyError(what, deadlineMs, seen.notYet);
    await sleep(everyMs, undefined, signal === undefined ? {} : { signal });
  }
}
