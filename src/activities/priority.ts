/** Lets what is urgent go first. */
export interface Priority {
  /** Does `work` at once. */
  readonly first: <T>(work: () => Promise<T>) => Promise<T>;
  /** Does `work` when little that is urgent is going on, or when it has waited long enough. */
  readonly afterwards: <T>(work: () => Promise<T>) => Promise<T>;
  /** How long until little that is urgent is going on, as far as can be known now, in milliseconds; 0 when that is so. */
  readonly busyForMs: () => number;
}

export interface PriorityOptions {
  /** Over so long it is counted how much that is urgent goes on, in milliseconds. */
  readonly windowMs: number;
  /** So much that is urgent within the window is little. */
  readonly few: number;
  /** How long others give way at most, in milliseconds. */
  readonly longestWaitMs: number;
}

export function createPriority({ windowMs, few, longestWaitMs }: PriorityOptions): Priority {
  const waiting = new Set<() => void>();
  /** When the newest that was urgent began, oldest first; one more than are few is enough to know. */
  const newest: number[] = [];
  let underWay = 0;
  let look: NodeJS.Timeout | null = null;

  const busyForMs = (): number => {
    const decisive = newest[newest.length - 1 - few];
    if (underWay > few) return windowMs;
    return decisive === undefined ? 0 : Math.max(0, decisive + windowMs - performance.now());
  };
  const note = (): void => {
    newest.push(performance.now());
    if (newest.length > few + 1) newest.shift();
  };
  const lookAgain = (): void => {
    const afterMs = busyForMs();
    look = null;
    if (afterMs > 0) look = setTimeout(lookAgain, afterMs);
    else for (const go of waiting) go();
  };
  const giveWay = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    let go: () => void = lookAgain;
    await new Promise<void>((resolve) => {
      go = resolve;
      waiting.add(go);
      timer = setTimeout(go, longestWaitMs);
      if (look === null) lookAgain();
    });
    waiting.delete(go);
    clearTimeout(timer);
  };

  return {
    busyForMs,
    async first(work) {
      underWay += 1;
      note();
      try {
        return await work();
      } finally {
        underWay -= 1;
      }
    },
    async afterwards(work) {
      if (busyForMs() > 0) await giveWay();
      return work();
    },
  };
}
