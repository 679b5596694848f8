import type { Paint } from './paint.js';

/** How a rollout is looked at. */
export interface View {
  /** Columns. */
  readonly width: number;
  /** Rows at most; absent: as many as it takes. */
  readonly height?: number;
  /** Epoch milliseconds: countdowns and ages are counted from here. */
  readonly nowMs: number;
  readonly paint: Paint;
  /** Where the reader is. Default: as the system says. */
  readonly timeZone?: string;
}
