/** Lets what is urgent go first. */
export interface RightOfWay {
  /** Does `work` at once. */
  readonly first: <T>(work: () => Promise<T>) => Promise<T>;
  /** Does `work` when nothing urgent has been under way for a moment, or when it has waited long enough. */
  readonly afterwards: <T>(work: () => Promise<T>) => Promise<T>;
}

/**
 * @param calmMs how long nothing urgent must have been under way
 * @param longestWaitMs how long others give way at most, in milliseconds
 */
export function rightOfWay(calmMs: number, longestWaitMs: number): RightOfWay {
  const waiting = new Set<() => void>();
  let underWay = 0;
  let settling: NodeJS.Timeout | null = null;

  const settle = (): void => {
    settling = null;
    for (const go of waiting) go();
  };
  const giveWay = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    let go: () => void = settle;
    await new Promise<void>((resolve) => {
      go = resolve;
      waiting.add(go);
      timer = setTimeout(go, longestWaitMs);
    });
    waiting.delete(go);
    clearTimeout(timer);
  };

  return {
    async first(work) {
      underWay += 1;
      if (settling !== null) clearTimeout(settling);
      settling = null;
      try {
        return await work();
      } finally {
        underWay -= 1;
        if (underWay === 0) settling = setTimeout(settle, calmMs);
      }
    },
    async afterwards(work) {
      if (underWay > 0 || settling !== null) await giveWay();
      return work();
    },
  };
}
