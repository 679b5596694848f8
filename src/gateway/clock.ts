/** Epoch milliseconds that never go back, so that a cell of counters that has ended stays ended. */
export type Clock = () => number;

export function createClock(wallClock: () => number = Date.now): Clock {
  let latestMs = 0;
  return () => {
    latestMs = Math.max(latestMs, wallClock());
    return latestMs;
  };
}
