import { formatCount } from '../../domain/analysis/format.js';
import { formatElapsed } from '../../domain/duration.js';
import { formatPercent } from '../../domain/percent.js';
import { preciseClockWords } from '../../presentation/clock.js';
import { OUTCOME_WORDS } from '../../presentation/marks.js';
import type { Paint } from '../../presentation/paint.js';
import type { ChapterResult } from './chapter.js';

/** What a chapter came to, in a few lines. */
export function summaryOf(result: ChapterResult, paint: Paint): string[] {
  const { chapter, status, asItMust, tookMs, seen, rollback } = result;
  const mark = asItMust ? paint.good('✔') : paint.bad('✖');
  const when = status.endedAt === null ? '' : ` at ${preciseClockWords(status.endedAt)}`;
  const head = `${mark} ${paint.strong(`${chapter.release.version}, ${chapter.title}`)}: ${status.outcome === null ? status.phase : OUTCOME_WORDS[status.outcome]}${when}, after ${formatElapsed(tookMs)}`;
  return [
    head,
    ...(asItMust ? [] : [`    ${paint.bad(`it should have ended as ${wanted(result)}`)}`]),
    `    ${status.outcome === 'promoted' ? promotedWords(result) : status.reason}`,
    ...(rollback === null
      ? []
      : [
          `    first user → verdict ${formatElapsed(rollback.firstUserToVerdictMs)} · ${zeroWords(rollback.verdictToZeroMs)}`,
          `    ${lastRequestWords(rollback.verdictToLastRequestMs)}`,
        ]),
    ...(seen === null || status.outcome === 'promoted'
      ? []
      : [`    ${formatCount(seen.requests)} requests met it, ${formatCount(seen.failed)} of them failed`]),
  ];
}

/** What all of it came to. */
export function closingWords(
  demo: {
    readonly moral: string;
    readonly results: readonly ChapterResult[];
    readonly asItMust: boolean;
    readonly tookMs: number;
    readonly requests: number;
    readonly keep: boolean;
    readonly directory: string;
  },
  paint: Paint,
): string[] {
  const failed = demo.results.reduce((sum, { seen }) => sum + (seen?.failed ?? 0), 0);
  return [
    '',
    demo.asItMust
      ? paint.good(demo.moral)
      : paint.bad(`The story did not go as it must; the logs are in ${demo.directory}`),
    `${formatCount(demo.requests)} requests in ${formatElapsed(demo.tookMs)}, ${formatCount(failed)} of them failed.`,
    ...(demo.keep ? [] : ['Nothing is left running. With --keep it all stays up, and so do the workflows above.']),
  ];
}

function promotedWords({ status, seen }: ChapterResult): string {
  const shares = status.stages.map(({ trafficPercent }) => formatPercent(trafficPercent)).join(' → ');
  const requests = seen === null ? '' : `; ${formatCount(seen.requests)} requests, ${formatCount(seen.failed)} failed`;
  return `${shares}${requests}`;
}

/**
 * Weights are moved within the workflow task of the verdict. One that a busy machine does not finish in time is done
 * again, and the verdict bears the time of the second one.
 */
function zeroWords(ms: number): string {
  if (ms >= 0) return `verdict → weights at 0 % ${formatElapsed(ms)}`;
  return `weights at 0 % ${formatElapsed(-ms)} before the verdict was written down`;
}

function lastRequestWords(ms: number): string {
  return `the last request that met it was sent ${formatElapsed(Math.abs(ms))} ${ms < 0 ? 'before' : 'after'} the verdict`;
}

function wanted({ chapter }: ChapterResult): string {
  const caught = chapter.caughtBy === undefined ? '' : `, caught by ${chapter.caughtBy}`;
  return `${OUTCOME_WORDS[chapter.mustEnd]}${caught}`;
}
