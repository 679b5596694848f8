const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Becomes aborted when a person or the system asks us to end, or when `outer` is. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the signals back to whoever had them. */
  release(): void;
}

/** Takes Ctrl-C and its like, so that everything can be let go of in order. A second one ends us at once. */
export function watchForInterruption(outer?: AbortSignal): Interruption {
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    release();
    controller.abort(new Error(`interrupted by ${signal}`));
  };
  const follow = (): void => controller.abort(outer?.reason);
  function release(): void {
    for (const signal of SIGNALS) process.removeListener(signal, interrupt);
    outer?.removeEventListener('abort', follow);
  }
  for (const signal of SIGNALS) process.on(signal, interrupt);
  if (outer?.aborted === true) follow();
  else outer?.addEventListener('abort', follow, { once: true });
  return { signal: controller.signal, release };
}
