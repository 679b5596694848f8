/** Counts are whole numbers, or fractions where a source estimates; less than this is an artefact of floating point. */
const LEAST = 1e-6;

/** Whether `count` is a number of requests that can be reckoned with: none, or neither lost in rounding nor too large. */
export function isCountable(count: number): boolean {
  return count === 0 || (count >= LEAST && count <= Number.MAX_SAFE_INTEGER);
}
