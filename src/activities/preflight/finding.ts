import type { PreflightProblem } from '../contracts.js';

/** What one look found. */
export interface Finding {
  readonly problems: readonly PreflightProblem[];
  readonly warnings: readonly string[];
}
