const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Becomes aborted when somebody asks us to end. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives the process's signals back. */
  release(): void;
}

/**
 * `outer`, where the caller listens for itself; otherwise Ctrl-C and its like are taken, so that everything can be let
 * go of in order. A second one ends the process at once.
 */
export function watchForInterruption(outer: AbortSignal | undefined): Interruption {
  if (outer !== undefined) return { signal: outer, release: () => undefined };
  const controller = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    release();
    controller.abort(signal);
  };
  function release(): void {
    for (const signal of SIGNALS) process.removeListener(signal, interrupt);
  }
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return { signal: controller.signal, release };
}
