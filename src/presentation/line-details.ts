import { scopeWords } from '../domain/stop-the-line/scope.js';
import type { LineStatus, LineStopStatus } from '../domain/stop-the-line/status.js';

/** So much of a list fits on a screen. */
const MOST_SHOWN = 10;

/** What a person reads in the Temporal UI, in Markdown. */
export function lineDetailsOf({ stops, ended }: Pick<LineStatus, 'stops' | 'ended'>): string {
  const over = ended.map(({ id, how, endedBy, why }) => `- stop ${id}: ${how}${by(endedBy)}${colon(why)}`);
  if (stops.length === 0) return ['**Nothing is stopped**', ...over].join('\n\n');
  return [
    '**Starts are refused**',
    ...stops.map(stopLines),
    'Signal `release` with `{"id":"…"}` ends a stop; signal `stop` with `{"scope":["…"],"reason":"…"}` adds one.',
    ...(over.length === 0 ? [] : [over.join('\n')]),
  ].join('\n\n');
}

function stopLines(stop: LineStopStatus): string {
  const { id, scope, reason, by: who, at, inForceSince, services, inFlight, left, mixed, unmatched } = stop;
  const state =
    inForceSince !== null
      ? `holds since ${inForceSince}: nothing in scope is in flight`
      : services === null
        ? 'is being carried out'
        : `${String(inFlight.length)} in flight, ${String(left.length)} of ${String(services)} services left`;
  return [
    `**Stop ${id}** of ${scopeWords(scope)}${by(who)} at ${at}${colon(reason)}`,
    `- ${state}`,
    ...shown(left).map(({ service, why }) => `- ${service} is not stopped yet: ${why}`),
    ...shown(mixed).map(({ service }) => `- the traffic of ${service} is split, and no rollout is in flight`),
    ...shown(unmatched).map((name) => `- no service is called ${name}`),
  ].join('\n');
}

function shown<T>(list: readonly T[]): readonly T[] {
  return list.slice(0, MOST_SHOWN);
}

function by(who: string | null): string {
  return who === null ? '' : ` by ${who}`;
}

function colon(said: string | null): string {
  return said === null ? '' : `: ${said}`;
}
