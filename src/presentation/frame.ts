import { isNeededForReason, isUnanswered, type StatusBase, type StatusEvent } from '../domain/rollout/status.js';
import { type RolloutStatus } from '../domain/staged-traffic/status.js';
import { oneLine } from '../domain/text.js';
import { checkLines } from './checks.js';
import { ageWords, clockWords, dateWords } from './clock.js';
import { headerLines } from './header.js';
import { nextCommands, whatComes } from './next.js';
import { stageLines } from './stages.js';
import { trafficLines } from './traffic.js';
import type { View } from './view.js';
import { fit, flow } from './width.js';

const HISTORY_LINES = 6;

/** A rollout at one glance: pure, as many lines as it takes, none wider than the view. */
export function frame(status: RolloutStatus, view: View): string[] {
  const above = [
    ...headerLines(status, view),
    ...trafficLines(status, view),
    ...stageLines(status, view),
    ...(status.shown ?? []),
    ...whyLines(status, view),
  ];
  const below = nextLines(status, view);
  const free = (view.height ?? Infinity) - above.length - below.length;
  const history = historyLines(status.history, view, Math.min(HISTORY_LINES, free));
  const lines = [...above, ...history, ...below].map((line) => fit(line, view.width));
  return view.height === undefined ? lines : lines.slice(0, view.height);
}

/** A rollout in a few lines; what is long is not cut, for it may be read in a file. */
export function statusLines(status: RolloutStatus, view: View): string[] {
  const { paint, timeZone } = view;
  const source = status.worker === 'journal' ? ', read from the journal' : '';
  return [
    paint.faint(`${status.id}, started ${dateWords(status.startedAt, timeZone)}${source}`),
    ...headerLines(status, view),
    ...trafficLines(status, view),
    ...checkLines(status.checks, view),
    ...(status.shown ?? []),
    ...whyLines(status, view),
    ...nextLines(status, view),
  ];
}

/** Why it stands where it stands; who is needed; what is not well although nothing is held for it. */
export function whyLines(status: StatusBase, { paint, width, nowMs }: View): string[] {
  const { needsHuman, reason, warnings, worker, asOf } = status;
  return [
    ...wrapped('why', isNeededForReason(status) ? '' : reason, width),
    ...wrapped(paint.attention('needs you'), needsHuman ?? '', width),
    ...(isUnanswered(status) && !status.isComplete
      ? wrapped(
          paint.attention('worker'),
          `${worker === 'busy' ? 'busy' : 'none answers'}; this is what the server knew ${ageWords(asOf, nowMs)}`,
          width,
        )
      : []),
    ...warnings.flatMap((warning) => wrapped(paint.attention('warning'), warning, width)),
  ];
}

/** Words after a label, on as many lines as they need. */
function wrapped(label: string, text: string, width: number): string[] {
  if (text === '') return [];
  return flow([`${label}:`, ...text.split(/\s+/)], width, ' ', '    ');
}

export function historyLines(history: readonly StatusEvent[], view: View, count: number): string[] {
  return count < 1 ? [] : history.slice(-count).map((event) => view.paint.faint(eventLine(event, view)));
}

/** `14:02:11  Paused at 25 %  by ada`. */
export function eventLine({ at, what, by }: StatusEvent, { timeZone }: Pick<View, 'timeZone'>): string {
  return oneLine(`${clockWords(at, timeZone)}  ${what}${by === undefined ? '' : `  by ${by}`}`);
}

/** What comes by itself, and what a person may type. */
export function nextLines(status: StatusBase, { width, paint, nowMs, timeZone }: View): string[] {
  const comes = whatComes(status, nowMs, timeZone);
  return [
    ...(comes === '' ? [] : wrapped(paint.strong('next'), comes, width)),
    ...flow([paint.faint('type:'), ...nextCommands(status)], width, '   ', '        '),
  ];
}
