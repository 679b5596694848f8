export type LimitConcurrency = <T>(work: () => Promise<T>) => Promise<T>;

/** Does so much at a time; the rest waits in the order in which it came. */
export function limitConcurrency(most: number): LimitConcurrency {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  return async (work) => {
    if (underWay >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else underWay += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) underWay -= 1;
      else next();
    }
  };
}
