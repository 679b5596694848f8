import type { Analysis, JoinedCheck } from './analysis.js';
import { requestsFor } from './criterion.js';
import type { Shown } from './engine.js';
import type { Increase, Interval } from './estimate.js';
import type { ValueUnit } from './format.js';
import { explainCheck } from './judge-check.js';
import type { CountedMetric } from './plan.js';
import { proofOf, type ProofProgress } from './proof.js';
import type { Counts } from './reading.js';
import { stageValue, type StageCounts } from './stage-counts.js';
import { COMPARISON } from './unanswered/comparison.js';
import { unansweredIn } from './unanswered/finding.js';
import { tallyOf, type Tally } from './unanswered/state.js';
import type { Verdict } from './verdict.js';

/** One check as a person sees it. */
export interface CheckView {
  /** Unique within the plan. */
  readonly name: string;
  readonly verdict: Verdict;
  /** The candidate's value over the stage so far; `null` when it cannot be known. */
  readonly value: number | null;
  readonly baselineValue: number | null;
  /** What is allowed, in words: `max 1 %`. */
  readonly bound: string;
  readonly unit: ValueUnit;
  /** Requests of the stage so far that tell about the check. */
  readonly candidateRequests: number;
  readonly baselineRequests: number;
  /** Why it says so, in one sentence with numbers. */
  readonly reason: string;
  /** The newest values, oldest first. */
  readonly recent: readonly number[];
  /** What a pass needs that is not there yet: `needs about 60 more requests`; `null` when nothing is. */
  readonly missing: string | null;
  /** Between what the candidate's true value lies, roughly, at 95 %; `null` when it cannot be said. */
  readonly interval: Interval | null;
  /** Of a check against the baseline: how much higher, at 95 % between what; `null` when it cannot be said. */
  readonly increase: Increase | null;
  /** The baseline has too little traffic to compare with: the check neither passes nor blocks. */
  readonly suspended: boolean;
  /** How far it is from proof of health; `null` where it cannot prove anything. */
  readonly proof: ProofProgress | null;
  /** 0–1; `null` when nothing is known. */
  readonly healthScore: number | null;
}

/**
 * Every check in the order of its plan, with what it says of the stage so far and why; at the end what unanswered
 * requests have to say, where they do.
 */
export function viewsOf(analysis: Analysis): readonly CheckView[] {
  const checks = analysis.checks.map((check) => viewOf(check, analysis.stage));
  const unanswered = pictureOfUnanswered(analysis);
  return unanswered === null ? checks : [...checks, unanswered];
}

function pictureOfUnanswered(analysis: Analysis): CheckView | null {
  const view = unansweredIn(analysis);
  if (view === null) return null;
  const { stage, unanswered } = analysis;
  const shareOf = (tally: Tally): number | null => (tally.all > 0 ? tally.unanswered / tally.all : null);
  const [candidate, baseline] = [stage.candidate, stage.baseline].map((counts) =>
    counts === null ? NO_REQUESTS : tallyOf(counts),
  );
  return {
    name: COMPARISON.name,
    verdict: view.verdict,
    value: shareOf(candidate ?? NO_REQUESTS),
    baselineValue: shareOf(baseline ?? NO_REQUESTS),
    bound: COMPARISON.bound,
    unit: COMPARISON.unit,
    candidateRequests: candidate?.all ?? 0,
    baselineRequests: baseline?.all ?? 0,
    reason: view.sentence,
    recent: unanswered?.comparison.recent ?? [],
    missing: view.missing,
    interval: null,
    increase: null,
    suspended: false,
    proof: null,
    healthScore: view.verdict === 'failed' ? 0 : null,
  };
}

const NO_REQUESTS: Tally = { all: 0, unanswered: 0 };

function viewOf(check: JoinedCheck, stage: StageCounts): CheckView {
  const { compiled, state } = check;
  const { name, bound, unit, metric } = compiled;
  const { verdict, because, reason, missing } = explainCheck(check, stage);
  return {
    name,
    verdict,
    ...shownOf(check, stage),
    bound,
    unit,
    candidateRequests: requestsIn(stage.candidate, metric),
    baselineRequests: requestsIn(stage.baseline, metric),
    reason,
    recent: state.recent,
    missing,
    suspended: because === 'suspended',
    proof: proofOf(check, stage),
  };
}

/** Of a check that failed, what broke it. */
function shownOf(check: JoinedCheck, stage: StageCounts): Shown & Pick<CheckView, 'baselineValue'> {
  const { engine, compiled, state } = check;
  if (state.failure === null)
    return { baselineValue: stageValue(compiled.metric, stage, 'baseline'), ...engine.show(check, stage) };
  const { value, baselineValue } = state.failure;
  return { value, baselineValue, interval: null, increase: null, healthScore: 0 };
}

function requestsIn(counts: Counts | null, metric: CountedMetric | null): number {
  if (counts === null) return 0;
  return metric === null ? counts.requests : requestsFor(metric, counts);
}
