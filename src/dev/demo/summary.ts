import type { ChapterResult } from './chapter.js';
import type { Colors } from './frame.js';
import { countWords, percentWords, phaseWords, spanWords, timeWords } from './words.js';

/** What a chapter came to, in a few lines. */
export function summaryOf(result: ChapterResult, colors: Colors): string[] {
  const { chapter, status, asItMust, tookMs, seen, rollback } = result;
  const mark = asItMust ? colors.green('✔') : colors.red('✖');
  const when = status.endedAt === null ? '' : ` at ${timeWords(Date.parse(status.endedAt))}`;
  const head = `${mark} ${colors.bold(`${chapter.release.version}, ${chapter.title}`)}: ${phaseWords(status.phase)}${when}, after ${spanWords(tookMs)}`;
  return [
    head,
    ...(asItMust ? [] : [`    ${colors.red(`it should have ended as ${wanted(result)}`)}`]),
    `    ${status.outcome === 'promoted' ? promotedWords(result) : status.reason}`,
    ...(rollback === null
      ? []
      : [
          `    first user → verdict ${spanWords(rollback.firstUserToVerdictMs)} · ${zeroWords(rollback.verdictToZeroMs)}`,
          `    ${lastRequestWords(rollback.verdictToLastRequestMs)}`,
        ]),
    ...(seen === null || status.outcome === 'promoted'
      ? []
      : [`    ${countWords(seen.requests)} requests met it, ${countWords(seen.failed)} of them failed`]),
  ];
}

/** What all of it came to. */
export function closingWords(
  demo: {
    readonly results: readonly ChapterResult[];
    readonly asItMust: boolean;
    readonly tookMs: number;
    readonly requests: number;
    readonly keep: boolean;
    readonly directory: string;
  },
  colors: Colors,
): string[] {
  const failed = demo.results.reduce((sum, { seen }) => sum + (seen?.failed ?? 0), 0);
  return [
    '',
    demo.asItMust
      ? colors.green('One good release promoted, two bad ones caught and undone, nobody had to look.')
      : colors.red(`The story did not go as it must; the logs are in ${demo.directory}`),
    `${countWords(demo.requests)} requests in ${spanWords(demo.tookMs)}, ${countWords(failed)} of them failed.`,
    ...(demo.keep ? [] : ['Nothing is left running. With --keep it all stays up, and so do the workflows above.']),
  ];
}

function promotedWords({ status, seen }: ChapterResult): string {
  const shares = status.stages.map(({ trafficPercent }) => percentWords(trafficPercent)).join(' → ');
  const requests = seen === null ? '' : `; ${countWords(seen.requests)} requests, ${countWords(seen.failed)} failed`;
  return `${shares}${requests}`;
}

/**
 * Weights are moved within the workflow task of the verdict. One that a busy machine does not finish in time is done
 * again, and the verdict bears the time of the second one.
 */
function zeroWords(ms: number): string {
  if (ms >= 0) return `verdict → weights at 0 % ${spanWords(ms)}`;
  return `weights at 0 % ${spanWords(-ms)} before the verdict was written down`;
}

function lastRequestWords(ms: number): string {
  return `the last request that met it was sent ${spanWords(Math.abs(ms))} ${ms < 0 ? 'before' : 'after'} the verdict`;
}

function wanted({ chapter }: ChapterResult): string {
  return chapter.caughtBy === undefined
    ? phaseWords(chapter.mustEnd)
    : `${phaseWords(chapter.mustEnd)}, caught by ${chapter.caughtBy}`;
}
