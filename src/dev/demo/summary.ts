import type { ChapterResult } from './chapter.js';
import type { Colors } from './frame.js';
import { countWords, percentWords, spanWords } from './words.js';

/** What a chapter came to, in a few lines. */
export function summaryOf(result: ChapterResult, colors: Colors): string[] {
  const { chapter, status, asItMust, tookMs, seen, rollback } = result;
  const mark = asItMust ? colors.green('✔') : colors.red('✖');
  const head = `${mark} ${colors.bold(`${chapter.release.version}, ${chapter.title}`)}: ${status.outcome ?? status.phase} after ${spanWords(tookMs)}`;
  return [
    head,
    ...(asItMust ? [] : [`    ${colors.red(`it should have ended as ${wanted(result)}`)}`]),
    `    ${status.outcome === 'promoted' ? promotedWords(result) : status.reason}`,
    ...(rollback === null
      ? []
      : [
          `    first user → verdict ${spanWords(rollback.firstUserToVerdictMs)} · verdict → weights at 0 % ${spanWords(rollback.verdictToZeroMs)} · ${lastRequestWords(rollback.verdictToLastRequestMs)}`,
        ]),
    ...(seen === null || status.outcome === 'promoted'
      ? []
      : [`    ${countWords(seen.requests)} requests met it, ${countWords(seen.failed)} of them failed`]),
  ];
}

function promotedWords({ status, seen }: ChapterResult): string {
  const shares = status.stages.map(({ trafficPercent }) => percentWords(trafficPercent)).join(' → ');
  const requests = seen === null ? '' : `; ${countWords(seen.requests)} requests, ${countWords(seen.failed)} failed`;
  return `${shares}${requests}`;
}

function lastRequestWords(ms: number): string {
  return ms <= 0
    ? 'no request was sent to it after the verdict'
    : `the last request to it was sent ${spanWords(ms)} after the verdict`;
}

function wanted({ chapter }: ChapterResult): string {
  return chapter.caughtBy === undefined ? chapter.mustEnd : `${chapter.mustEnd}, caught by ${chapter.caughtBy}`;
}
