import { MIN_BASELINE_SHARE } from '../../defaults.js';
import type { CompiledCheck } from '../../engine.js';
import { harmRatios, healthRatios, type RatioAlternatives } from '../../evidence/alternatives.js';
import { NO_SCATTER } from '../../evidence/scatter.js';
import { carryWeighed, freshWeighed, type Weighed, type Weighing } from '../../evidence/weighed.js';
import type { Histogram } from '../../histogram.js';
import { freshMemory, withoutTrouble, type CheckMemory } from '../../memory.js';
import type { BaselineCheck } from '../../plan.js';
import { readHistory } from '../../reading.js';
import type { AnalysisInterval } from '../../sample.js';
import type { StageCounts } from '../../stage-counts.js';
import type { ComparedBounds } from './edges.js';
import { boundsFrom, referenceWith, scatterWith } from './learning.js';

/** Judged by evidence from the comparison with the baseline. */
export interface CompiledBaseline extends CompiledCheck, Weighing {
  readonly check: BaselineCheck;
  /** What happened to a bad request, in words. @default 'failed' */
  readonly event?: string;
  /** The largest rate of bad requests that is allowed, in rates of the baseline. */
  readonly ratio: number;
  readonly harm: RatioAlternatives;
  readonly health: RatioAlternatives;
}

/** What was compared in the stage so far. */
export interface Compared {
  readonly requests: number;
  readonly bad: number;
  readonly baselineRequests: number;
  readonly baselineBad: number;
}

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

const NOTHING_COMPARED: Compared = { requests: 0, bad: 0, baselineRequests: 0, baselineBad: 0 };
const NO_TRAFFIC = { candidate: 0, baseline: 0 };

export function compileBaseline(check: BaselineCheck, common: CompiledCheck, weighing: Weighing): CompiledBaseline {
  // Latencies are compared at a bound that already is 1 + maxIncrease times the baseline's: no more of the
  // candidate's requests may be slower than that than of the baseline's than its own bound.
  const ratio = common.unit === 'ms' ? 1 : 1 + check.maxIncrease;
  return { ...common, ...weighing, check, ratio, harm: harmRatios(ratio), health: healthRatios(ratio) };
}

export function beginBaseline(compiled: CompiledBaseline, past: readonly AnalysisInterval[]): BaselineState {
  let scatter = NO_SCATTER;
  let reference: Histogram | null = null;
  for (const counts of readHistory(past)) {
    scatter = scatterWith(compiled, scatter, counts, boundsFrom(compiled, reference));
    reference = referenceWith(compiled, reference, counts);
  }
  return {
    ...freshMemory(compiled.key),
    engine: 'baseline',
    weighed: freshWeighed(scatter),
    compared: NOTHING_COMPARED,
    doubted: NOTHING_COMPARED,
    traffic: NO_TRAFFIC,
    suspended: false,
    bounds: null,
    reference,
  };
}

export function carryBaseline(state: BaselineState): BaselineState {
  return {
    ...withoutTrouble(state),
    weighed: carryWeighed(state.weighed),
    compared: NOTHING_COMPARED,
    doubted: NOTHING_COMPARED,
    traffic: NO_TRAFFIC,
    suspended: false,
  };
}

type Traffic = BaselineState['traffic'];

/**
 * Whether a comparison is left out of the verdict on a stage: only where the *plan* leaves the baseline under 1 % of the
 * traffic. A baseline that should have traffic and has none is unknown.
 *
 * Where nobody has said what the plan leaves, its share of the first traffic tells; what was compared once stays so.
 */
export function isSuspendedBy({ sharePercent }: StageCounts, before: BaselineState, traffic: Traffic): boolean {
  if (sharePercent !== undefined) return isSuspendedAt(sharePercent);
  const isFirst = before.traffic.candidate + before.traffic.baseline === 0;
  return (isFirst || before.suspended) && traffic.baseline > 0 && !isFair(traffic);
}

/** Whether the plan leaves the baseline too little at this share of the candidate's, 0–100. */
function isSuspendedAt(sharePercent: number): boolean {
  return 100 - sharePercent < 100 * MIN_BASELINE_SHARE;
}

/** Whether the baseline had enough of the traffic to be compared with. */
export function isFair({ candidate, baseline }: Traffic): boolean {
  return baseline > 0 && baseline >= MIN_BASELINE_SHARE * (candidate + baseline);
}
