import { formatCount, formatNumber, formatValue } from '../../format.js';
import type { ComparedBounds } from './edges.js';
import type { Compared, CompiledBaseline } from './state.js';

/** Both backends' bad requests in words: `4.2 % of 1,932 requests failed, 1.1 % of the baseline's 1,800`. */
export function comparisonWords(
  { unit, event = 'failed' }: CompiledBaseline,
  { requests, bad, baselineRequests, baselineBad }: Compared,
  bounds: ComparedBounds | null,
): string {
  const candidate = `${share(bad, requests)} of ${formatCount(requests)} requests`;
  const baseline = `${share(baselineBad, baselineRequests)} of the baseline's ${formatCount(baselineRequests)}`;
  if (unit !== 'ms' || bounds === null) return `${candidate} ${event}, ${baseline}`;
  const slower = (ms: number) => `slower than ${formatValue(ms, 'ms')}`;
  return `${candidate} were ${slower(bounds.candidateMs)}, ${baseline} ${slower(bounds.baselineMs)}`;
}

/** How much higher the candidate's rate is: 0.5 is half as much again; `null` where the baseline's is 0. */
export function increaseIn({ requests, bad, baselineRequests, baselineBad }: Compared): number | null {
  if (!(requests > 0) || !(baselineBad > 0)) return null;
  return (bad * baselineRequests) / (requests * baselineBad) - 1;
}

/** `+7 %`, `-12 %`. */
export function increaseWords(increase: number): string {
  return `${increase < 0 ? '-' : '+'}${formatNumber(Math.abs(increase) * 100)} %`;
}

function share(bad: number, requests: number): string {
  return requests > 0 ? `${formatNumber((100 * bad) / requests)} %` : 'none';
}
