import type { Analysis } from '../analysis.js';
import { UNANSWERED_ALONE_SHARE, UNANSWERED_LEAST, UNANSWERED_LEAST_SHARE } from '../defaults.js';
import { isClearlyBeyond } from '../engines/baseline/judge.js';
import { isFair, type Compared } from '../engines/baseline/state.js';
import { dispersionFor } from '../evidence/weighed.js';
import { formatCount, formatNumber } from '../format.js';
import type { Failure } from '../memory.js';
import type { Counts } from '../reading.js';
import type { StageCounts } from '../stage-counts.js';
import { COMPARISON } from './comparison.js';
import { tallyOf, type Tally, type UnansweredState } from './state.js';

/** What unanswered requests have to say about a stage. */
export interface UnansweredFinding {
  /** `inconclusive`: most of the candidate's, so that nothing is known of it, or more than is borne by chance. */
  readonly verdict: 'failed' | 'inconclusive';
  /** With numbers. */
  readonly sentence: string;
  /** What a pass needs; `null` where nothing helps. */
  readonly missing: string | null;
  /** Many more of the candidate's than of the baseline's, and not by chance; `null` while there are not. */
  readonly failure: Failure | null;
}

/**
 * `null` where they say nothing.
 *
 * Who asks for no check asks for no rollback either; but nobody knows a stage that hangs.
 */
export function unansweredIn({ checks, stage, unanswered }: Analysis): UnansweredFinding | null {
  if (unanswered === undefined) return null;
  const comparesWithBaseline = checks.length > 0;
  const { failure } = unanswered.comparison;
  if (failure !== null && comparesWithBaseline)
    return { verdict: 'failed', sentence: `${COMPARISON.name}: ${failure.reason}`, missing: null, failure };
  const sentence = mostWords(stage, unanswered.newest) ?? (comparesWithBaseline ? moreWords(unanswered, stage) : null);
  return sentence === null ? null : { verdict: 'inconclusive', sentence, missing: 'needs answers', failure: null };
}

/** That most of the stage's requests were not answered, in words; `null` where most were. */
export function mostUnanswered({ candidate }: StageCounts): string | null {
  if (candidate === null) return null;
  const { all, unanswered } = tallyOf(candidate);
  return isMost({ all, unanswered })
    ? `${formatCount(unanswered)} of ${formatCount(all)} requests to the candidate were not answered`
    : null;
}

function mostWords(stage: StageCounts, newest: Tally): string | null {
  const ofStage = mostUnanswered(stage);
  if (ofStage !== null || !isMost(newest)) return ofStage;
  const share = formatNumber((100 * newest.unanswered) / newest.all);
  return `${share} % of the newest requests to the candidate were not answered`;
}

function isMost({ all, unanswered }: Tally): boolean {
  return unanswered >= UNANSWERED_LEAST && unanswered > all - unanswered;
}

/** As many as would come by chance once in twenty times, compared with the baseline of this stage or of earlier ones. */
function moreWords({ comparison, baseline }: UnansweredState, { candidate }: StageCounts): string | null {
  const own = comparedIn(comparison, candidate, baseline);
  if (own.bad < UNANSWERED_LEAST_SHARE * own.requests) return null;
  if (own.baselineRequests === 0) return aloneWords(own);
  if (!isClearlyBeyond(own, COMPARISON.ratio, dispersionFor(COMPARISON, comparison.weighed))) return null;
  return `${candidateWords(own)}, ${percentOf(own.baselineBad, own.baselineRequests)} of the baseline's ${formatCount(own.baselineRequests)}`;
}

/** Whether such a share is usual only a baseline could tell. */
function aloneWords(own: Compared): string | null {
  if (own.bad < UNANSWERED_LEAST || own.bad < UNANSWERED_ALONE_SHARE * own.requests) return null;
  return `${candidateWords(own)}, and there is no baseline to compare with`;
}

function candidateWords({ bad, requests }: Compared): string {
  return `${percentOf(bad, requests)} of ${formatCount(requests)} requests to the candidate were not answered`;
}

function percentOf(part: number, all: number): string {
  return `${formatNumber((100 * part) / all)} %`;
}

function comparedIn(
  { traffic, compared }: UnansweredState['comparison'],
  candidate: Counts | null,
  past: Tally,
): Compared {
  if (isFair(traffic) && compared.baselineRequests > 0) return compared;
  const { all, unanswered } = candidate === null ? { all: 0, unanswered: 0 } : tallyOf(candidate);
  return { requests: all, bad: unanswered, baselineRequests: past.all, baselineBad: past.unanswered };
}
