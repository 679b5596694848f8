/** Two quantiles by the nearest rank. */
export interface Spread {
  readonly median: number;
  readonly p90: number;
}

/** `null` of nothing. */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (quantile: number): number => sorted[Math.ceil(quantile * sorted.length) - 1] ?? 0;
  return { median: at(0.5), p90: at(0.9) };
}
