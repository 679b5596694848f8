import { rememberingChecks, type RememberingCheck } from './check-memories.js';
import type { StageCounts } from './check-state.js';
import { requestsFor } from './criterion.js';
import { increaseOf, intervalOf, type Increase, type Interval } from './estimate.js';
import { explainCheck } from './explain.js';
import type { ValueUnit } from './format.js';
import { checkHealth } from './health-score.js';
import type { AnalysisPlan } from './plan.js';
import { proofOf, type ProofProgress } from './proof.js';
import type { Counts } from './reading.js';
import { stageBaselineValue, stageValue } from './stage-value.js';
import type { AnalysisState } from './state.js';
import { COMPARISON } from './unanswered/comparison.js';
import { viewOfUnanswered } from './unanswered/explain.js';
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
 * Every check of `plan` in its order, with what it says of the stage so far and why; at the end what unanswered requests
 * have to say, where they do.
 */
export function picturesOf(plan: AnalysisPlan, state: AnalysisState): readonly CheckView[] {
  const checks = rememberingChecks(plan, state.checks).map((check) => pictureOf(check, state.stage));
  const unanswered = pictureOfUnanswered(plan, state);
  return unanswered === null ? checks : [...checks, unanswered];
}

function pictureOfUnanswered(plan: AnalysisPlan, state: AnalysisState): CheckView | null {
  const view = viewOfUnanswered(plan, state);
  if (view === null) return null;
  const shareOf = ({ all, unanswered }: Tally): number | null => (all > 0 ? unanswered / all : null);
  const [candidate, baseline] = [state.stage.candidate, state.stage.baseline].map((counts) =>
    counts === null ? NO_REQUESTS : tallyOf(counts),
  );
  const failed = view.verdict === 'failed';
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
    recent: state.unanswered?.comparison.recent ?? [],
    missing: view.missing,
    interval: null,
    increase: null,
    suspended: false,
    proof: null,
    healthScore: failed ? 0 : null,
  };
}

const NO_REQUESTS: Tally = { all: 0, unanswered: 0 };

function pictureOf(remembering: RememberingCheck, stage: StageCounts): CheckView {
  const { compiled, state } = remembering;
  const { name, verdict, because, reason, missing } = explainCheck(remembering, stage);
  const metric = compiled.check.kind === 'custom' ? null : compiled.check.metric;
  const values = {
    value: stageValue(compiled, state, stage),
    baselineValue: stageBaselineValue(remembering, stage),
    interval: intervalOf(remembering, stage),
  };
  return {
    name,
    verdict,
    ...values,
    bound: compiled.bound,
    unit: compiled.unit,
    candidateRequests: requestsOf(metric, stage.candidate),
    baselineRequests: requestsOf(metric, stage.baseline),
    reason,
    recent: state.recent,
    missing,
    increase: increaseOf(remembering, values),
    suspended: because === 'suspended',
    proof: proofOf(remembering, stage),
    healthScore: checkHealth(remembering),
  };
}

function requestsOf(metric: string | null, counts: Counts | null): number {
  if (counts === null) return 0;
  return metric === null ? counts.requests : requestsFor(metric, counts);
}
