/**
 * Runs `work` with a signal that fires when `outer` does or after `timeoutMs`, whichever is first.
 *
 * Instead of `AbortSignal.any`, which on Node 20 keeps what it made alive for as long as the outer signal: a watch asks
 * every few seconds for hours under one signal.
 */
export async function withDeadline<Result>(
  timeoutMs: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  const forward = (): void => controller.abort(outer?.reason);
  outer?.addEventListener('abort', forward, { once: true });
  const timer = setTimeout(() => controller.abort(new DeadlineError(timeoutMs)), timeoutMs);
  try {
    return await work(controller.signal);
  } catch (error) {
    // What broke because the caller gave up is the caller's doing, not the other side's.
    outer?.throwIfAborted();
    if (controller.signal.aborted) throw controller.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', forward);
  }
}

/** Thrown when the other side took too long. */
export class DeadlineError extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${String(timeoutMs)} ms`);
    this.name = 'DeadlineError';
  }
}
