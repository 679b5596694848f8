import { formatCount } from '../../domain/analysis/format.js';
import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import { dateWords } from '../../presentation/clock.js';
import type { Result } from '../result.js';
import { observedOf } from './observed.js';
import { targetOf } from './target.js';

/** Where what was observed of a rollout is kept, and how much of it there is. */
export async function observationFiles(context: Context, id: string | undefined): Promise<Result> {
  const { rolloutId, service, stages, gaps } = await observedOf(context, await targetOf(context, id));
  const place = (await context.session.observations()).placeOf(rolloutId);
  const readings = stages.flatMap((stage) => stage.readings);
  const ends = readings.flatMap(({ own }) => own.map(({ interval }) => interval.endMs));
  const from = timeOf(stages.map(({ startedAtMs }) => startedAtMs)[0]);
  const to = timeOf(ends.length === 0 ? undefined : ends.reduce((latest, end) => Math.max(latest, end)));
  const intervals = ends.length;
  return {
    document: documentOf('Observations', { rolloutId, service, place, intervals, from, to, gaps }),
    text: ({ timeZone, paint }) => [
      place,
      `${formatCount(intervals)} intervals${from === null || to === null ? '' : `, ${dateWords(from, timeZone)} – ${dateWords(to, timeZone)}`}`,
      ...gaps.map((gap) => `${paint.attention('!')} not whole: ${gap}`),
      `    headgate backtest ${rolloutId}`,
    ],
  };
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
