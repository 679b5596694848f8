/** Upper bounds of the latency buckets of simulated traffic, milliseconds: those of the embedded gateway. */
export const LATENCY_EDGES_MS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2500, 5000, 10_000,
];

/** So many monitoring intervals of the baseline's past are known when a rollout begins, as the preflight asks for. */
export const HISTORY_INTERVALS = 120;
