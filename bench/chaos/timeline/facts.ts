import type { Slot } from '../world/plane.js';

/** What was seen at the data plane for as long as it stayed the same. Epoch milliseconds, as all times here. */
export interface ShareRun {
  /** The first and the last look at which it was so; before and after, nobody looked for a moment. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The share of `green`; the rest goes to `blue`. */
  readonly greenPercent: number;
}

/** A user's request: which backend answered it, and how. */
export interface Visit {
  readonly sentMs: number;
  readonly answeredMs: number;
  /** `null`: no backend answered, the data plane did or nobody. */
  readonly slot: Slot | null;
  readonly ok: boolean;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a process that depends on nothing saw of the data plane and of its users. */
export interface Seen {
  readonly shares: Readonly<Record<string, readonly ShareRun[]>>;
  readonly visits: Readonly<Record<string, readonly Visit[]>>;
  /** The time that it lost to a machine that was busy, or stood still. */
  readonly stalls: readonly Span[];
}
