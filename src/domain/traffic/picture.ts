import type { CheckView } from '../analysis/pictures.js';
import type { Verdict } from '../analysis/verdict.js';
import type { BackendHealth } from '../health/health.js';
import type { Roles, Weights } from './weights.js';

type AddedLater = 'missing' | 'interval' | 'increase' | 'suspended' | 'proof' | 'healthScore';

/** One check as a heartbeat brings it: a worker of an earlier version leaves out what it does not know of. */
export type CheckPicture = Omit<CheckView, AddedLater> & Partial<Pick<CheckView, AddedLater>>;

/** What a watch asks, and may get no answer from. */
export const SOURCES = ['metrics', 'router'] as const;

export type Source = (typeof SOURCES)[number];

/** What the watch of a running stage saw last: travels in its heartbeat. */
export interface WatchPicture {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly stage: number;
  readonly observed: Weights | null;
  readonly checks: readonly CheckPicture[];
  readonly verdict: Verdict;
  /** 0–1; see docs/health-score.md. */
  readonly healthScore: number | null;
  /** The share of the newest probes that succeeded, 0–1, of the endpoint that does worst; `null` when none has run. */
  readonly probeSuccess: number | null;
  /** How many requests the candidate has served in this stage. */
  readonly candidateRequests: number;
  /** How both backends are, where both are probed. */
  readonly health?: { readonly roles: Roles; readonly candidate: BackendHealth; readonly baseline: BackendHealth };
  /** What the watch cannot see at the moment, e.g. `metrics: connection refused`. */
  readonly trouble: readonly string[];
  /** Who does not answer. Absent: everybody does. */
  readonly blind?: readonly Source[];
}
