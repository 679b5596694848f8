/**
 * The edge of the next tick after a look that began at `lookedAtMs`, however long the look took: a timer may fire a
 * moment before the edge it was set for, and that edge must not be missed for it.
 */
export function nextTickMs(startedAtMs: number, tickMs: number, lookedAtMs: number): number {
  return startedAtMs + (Math.floor((lookedAtMs - startedAtMs) / tickMs) + 1) * tickMs;
}
