import { formatRoughDuration } from '../duration.js';
import { formatAbout, formatCounted } from './format.js';
import type { CheckMemory } from './memory.js';
import type { StageCounts } from './stage-counts.js';

/** So many requests are as good as never. */
const TOO_MANY = 1e7;

/** Nobody plans so far ahead; 1,000 days. */
const TOO_LONG_MS = 1000 * 86_400_000;

/** What the requests are needed for. */
export const PURPOSE_OF_PROOF = ' to prove health';

/** `needs about 1,900 more requests (7 m at the present rate)`. */
export function needWords(requests: number, stage: StageCounts, purpose = ''): string {
  if (!(requests < TOO_MANY)) return `needs far more requests than there are${purpose}`;
  const more = (stage.candidate?.requests ?? 0) > 0 ? ' more' : '';
  const noun = Math.ceil(requests) === 1 ? 'request' : 'requests';
  return `needs about ${formatAbout(requests)}${more} ${noun}${purpose}${timeWords(requests, stage)}`;
}

function timeWords(requests: number, stage: StageCounts): string {
  const takesMs = timeFor(requests, stage);
  return takesMs === null ? '' : ` (${formatRoughDuration(takesMs)} at the present rate)`;
}

/** How long so many of the candidate's requests take at the stage's rate; `null` when nobody can say. */
export function timeFor(requests: number, { candidate, observedMs }: StageCounts): number | null {
  if (candidate === null || !(candidate.requests > 0) || !(observedMs > 0)) return null;
  const takesMs = (requests * observedMs) / candidate.requests;
  return takesMs < TOO_LONG_MS ? takesMs : null;
}

/** `8,214 requests`. */
export function requestWords(requests: number): string {
  return formatCounted(requests, 'request');
}

/** What is wrong with the newest interval, to stand at the end of a sentence; empty when nothing is. */
export function asideOn({ trouble }: CheckMemory): string {
  return trouble === null ? '' : `; at the moment ${trouble.why}`;
}
