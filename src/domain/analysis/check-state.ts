import type { MeasurementTally } from './argo/metric-assessment.js';
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

export type CheckState = ThresholdState;

/** All traffic of the stage so far, for estimates. */
export interface StageCounts {
  readonly sinceMs: number | null;
  /** How much time the candidate's counts cover. */
  readonly observedMs: number;
  readonly candidate: Counts | null;
  readonly baseline: Counts | null;
}

/** What one check says now, and why, as a code: words are made only for those who read them. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly because:
    | 'failed'
    | 'passed'
    | 'over'
    | 'trouble'
    | 'brokenLimit'
    | 'notMeasured'
    | 'measurementsMissing'
    | 'requestsMissing'
    | 'lastOneBad';
}
