import type { Weights } from './weights.js';
import type { ProofProgress } from '../analysis/proof.js';
import type { Verdict } from '../analysis/verdict.js';

/** One check as a person sees it: what is measured, against what, and what it says. */
export interface CheckPicture {
  readonly name: string;
  readonly verdict: Verdict;
  /** The candidate's value over the stage so far; `null` when it cannot be known. */
  readonly value: number | null;
  readonly baselineValue: number | null;
  /** What is allowed, in words: `max 1 %`. */
  readonly bound: string;
  readonly unit: 'fraction' | 'ms' | 'perSecond' | 'number';
  readonly candidateRequests: number;
  readonly baselineRequests: number;
  /** Why it says so, in one sentence with numbers. */
  readonly reason: string;
  /** The newest values, oldest first, for a sparkline. */
  readonly recent: readonly number[];
  /** What a pass needs that is not there yet, in a few words: `needs about 60 more requests`; `null` when nothing is. */
  readonly missing?: string | null;
  /** Between what the candidate's true value lies, roughly, at 95 %; `null` when it cannot be said. */
  readonly interval?: { readonly low: number; readonly high: number } | null;
  /** Of a check against the baseline: how much higher, at 95 % between what; `null` when it cannot be said. */
  readonly increase?: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** The baseline has too little traffic to compare with: the check neither passes nor blocks. */
  readonly suspended?: boolean;
  /** How far it is from proof of health; `null` or absent where it cannot prove anything. */
  readonly proof?: ProofProgress | null;
  /** 0–1; see docs/health-score.md; `null` when nothing is known. */
  readonly healthScore?: number | null;
}

/** What a watch asks, and may get no answer from. */
export type Source = 'metrics' | 'router';

/** What cannot be seen at the moment, in one sentence that begins with who does not answer. */
export function troubleWith(source: Source, message: string): string {
  return `${source}: ${message}`;
}

export function hasTroubleWith({ trouble }: WatchPicture, source: Source): boolean {
  return trouble.some((sentence) => sentence.startsWith(troubleWith(source, '')));
}

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
  /** What the watch cannot see at the moment, e.g. `metrics: connection refused`. */
  readonly trouble: readonly string[];
}
