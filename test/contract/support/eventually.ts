import { pauseMsAfter } from '../../helpers/pause.js';

/** A machine may stop for seconds, and a busy one take five times as long as usual. */
const DEFAULT_DEADLINE_MS = 30_000;

/** Asks again and again until the answer is not `undefined`; fails with what it waited for. */
export async function eventually<Value>(
  what: string,
  ask: () => Promise<Value | undefined> | Value | undefined,
  deadlineMs = DEFAULT_DEADLINE_MS,
): Promise<Value> {
  const startedAtMs = performance.now();
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    const waitedMs = performance.now() - startedAtMs;
    if (waitedMs > deadlineMs) throw new Error(`waited ${String(deadlineMs)} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMsAfter(waitedMs)));
  }
}

/** Waits until `holds` says so. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, deadlineMs?: number): Promise<void> {
  await eventually(what, async () => ((await holds()) ? true : undefined), deadlineMs);
}
