import { observeInterval, resumeAnalysis, type Analysis, type AnalysisState } from '../analysis/analysis.js';
import type { AnalysisPlan } from '../analysis/plan.js';
import type { AnalysisInterval } from '../analysis/sample.js';
import type { Verdict } from '../analysis/verdict.js';
import type { Reading, SeenInterval } from './recording.js';

/** One interval with what is known after it. */
export interface FoldedInterval {
  readonly interval: AnalysisInterval;
  readonly analysis: Analysis;
  /** What the plan said at the time; `null` where that was not kept. */
  readonly recorded: Verdict | null;
}

/** A stage judged anew by one plan: the worker's own reducer over what was seen. */
export class StageFold {
  private readonly folded = new Map<Reading, readonly FoldedInterval[]>();

  constructor(
    readonly plan: AnalysisPlan,
    private readonly carried: AnalysisState | null,
    private readonly sharePercent: number | null,
  ) {}

  /** Every interval of a reading, in order. */
  intervalsOf(reading: Reading): readonly FoldedInterval[] {
    const known = this.folded.get(reading);
    if (known !== undefined) return known;
    const before = this.inherited(reading);
    const all = [...before, ...this.fold(before.at(-1)?.analysis, reading.own)];
    this.folded.set(reading, all);
    return all;
  }

  /** What is known at the end of a reading. A stage that is held is judged very often: what is shared is shared. */
  endOf(reading: Reading): Analysis {
    const before = this.inherited(reading).at(-1)?.analysis;
    return this.fold(before, reading.own).at(-1)?.analysis ?? before ?? this.begin();
  }

  private begin(): Analysis {
    return resumeAnalysis(this.plan, this.carried, this.sharePercent);
  }

  private inherited({ base }: Reading): readonly FoldedInterval[] {
    if (base === null) return [];
    const before = this.intervalsOf(base.reading);
    const shared = before.slice(0, before.findLastIndex(({ interval }) => interval.endMs <= base.untilMs) + 1);
    if (base.scalars || shared.every(({ interval }) => interval.scalars === undefined)) return shared;
    return this.fold(undefined, shared.map(withoutScalars));
  }

  private fold(before: Analysis | undefined, seen: readonly SeenInterval[]): readonly FoldedInterval[] {
    let analysis = before ?? this.begin();
    return seen.map(({ interval, verdict }) => {
      analysis = observeInterval(analysis, interval);
      return { interval, analysis, recorded: verdict };
    });
  }
}

/** Values of a moment belong to the reading that asked for them, and so does the verdict that rests on them. */
function withoutScalars({ interval: { startMs, endMs, candidate, baseline } }: FoldedInterval): SeenInterval {
  return {
    interval: { startMs, endMs, candidate, ...(baseline === undefined ? {} : { baseline }) },
    verdict: null,
  };
}
