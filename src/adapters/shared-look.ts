/**
 * Lets those who ask while a look is under way share the next one: it begins after they asked, so it shows them nothing
 * old, and a hundred who ask together cost one look.
 */
export function sharedLook<Seen>(look: () => Promise<Seen>): () => Promise<Seen> {
  let current: Promise<unknown> | null = null;
  let next: Promise<Seen> | null = null;

  const begin = (): Promise<Seen> => {
    const looking = look();
    const ended = looking.then(
      () => undefined,
      () => undefined,
    );
    current = ended;
    void ended.then(() => {
      if (current === ended) current = null;
    });
    return looking;
  };

  return () => {
    if (current === null) return begin();
    next ??= current.then(() => {
      next = null;
      return begin();
    });
    return next;
  };
}

/** The promise, or the signal's reason as soon as the caller gives up; the work itself goes on for others. */
export async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let giveUp = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
