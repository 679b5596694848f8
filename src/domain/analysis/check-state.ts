import type { MeasurementTally } from './argo/metric-assessment.js';
import type { ComparedBounds } from './baseline/edges.js';
import type { Excess } from './evidence/excess.js';
import type { Evidence } from './evidence/process.js';
import type { Scatter } from './evidence/scatter.js';
import type { Histogram } from './histogram.js';
import type { Counts, Trouble } from './reading.js';
import type { Verdict } from './verdict.js';

/** How a check failed: kept for good. */
export interface Failure {
  /** The end of the interval that decided, epoch milliseconds. */
  readonly atMs: number;
  /** Since when it looks bad, epoch milliseconds. */
  readonly sinceMs: number;
  readonly value: number | null;
  readonly baselineValue: number | null;
  /** The baseline breaches the same absolute check in the same window. */
  readonly sharedWithBaseline: boolean;
  /** With numbers, to stand after the check's name. */
  readonly reason: string;
}

/** What every check remembers. Plain data: no number in it is NaN or infinite. */
export interface CheckMemory {
  /** Which check of the plan it belongs to: a check that changes begins anew. */
  readonly key: string;
  readonly failure: Failure | null;
  /** What is wrong with the newest interval; `null` when it could be used. */
  readonly trouble: Trouble | null;
  readonly troublesInARow: number;
  /** The newest values, oldest first. */
  readonly recent: readonly number[];
}

/** Intervals that one measurement looks at. */
export interface Gathered {
  readonly startMs: number;
  readonly endMs: number;
  readonly candidate: Counts;
  readonly baseline: Counts | null;
}

/** Of the kinds `threshold` and `custom`. */
export interface ThresholdState extends CheckMemory {
  readonly engine: 'threshold';
  readonly tally: MeasurementTally;
  /** How the newest measurement that was no error ended. */
  readonly last: Verdict | null;
  readonly lastValue: number | null;
  /** When the newest failures in a row began. */
  readonly failingSinceMs: number | null;
  /** The last measurement has been taken, and this is what it came to. */
  readonly over: Verdict | null;
  readonly window: readonly Gathered[];
}

/** Evidence about one hypothesis. */
export interface Weighed {
  /** For the whole rollout. */
  readonly harm: Evidence;
  /** For the stage. */
  readonly health: Evidence;
  readonly excess: Excess | null;
  readonly scatter: Scatter;
}

/** Of the kind `sequential`. */
export interface SequentialState extends CheckMemory {
  readonly engine: 'sequential';
  /** One per criterion. */
  readonly weighed: readonly Weighed[];
}

/** What was compared in the stage so far. */
export interface Compared {
  readonly requests: number;
  readonly bad: number;
  readonly baselineRequests: number;
  readonly baselineBad: number;
}

/** Of the kind `baseline`. */
export interface BaselineState extends CheckMemory {
  readonly engine: 'baseline';
  readonly weighed: Weighed;
  readonly compared: Compared;
  /** The same with every doubt against the candidate: for latencies, at the nearest edge within the allowed ratio. */
  readonly doubted: Compared;
  /** All traffic of the stage where both backends are known, whether it was compared or not. */
  readonly traffic: { readonly candidate: number; readonly baseline: number };
  /** The plan leaves the baseline too little of the traffic to be compared with. */
  readonly suspended: boolean;
  /** Where latencies were compared last; `null` for other metrics, and before the first time. */
  readonly bounds: ComparedBounds | null;
  /** The baseline's latencies in earlier intervals; `null` for other metrics, and before there are any. */
  readonly reference: Histogram | null;
}

export type CheckState = ThresholdState | SequentialState | BaselineState;

/** All traffic of the stage so far, for estimates. */
export interface StageCounts {
  /** The candidate's share as the plan has it, 0–100; absent where nobody said. */
  readonly sharePercent?: number;
  readonly sinceMs: number | null;
  /** How much time the candidate's counts cover. */
  readonly observedMs: number;
  readonly candidate: Counts | null;
  readonly baseline: Counts | null;
}

/** What one check says now, and why, as a code: words are made only for those who read them. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly because: Because;
}

export type Because =
  | 'failed'
  | 'passed'
  | 'over'
  | 'trouble'
  | 'brokenLimit'
  | 'notMeasured'
  | 'measurementsMissing'
  | 'requestsMissing'
  | 'unanswered'
  | 'untimed'
  | 'lastOneBad'
  | 'beyondBound'
  | 'insideBucket'
  | 'notProven'
  | 'suspended'
  | 'nothingToCompare';
