import { isStagedTraffic } from '../domain/staged-traffic/is-staged-traffic.js';
import type { StatusBase } from '../domain/rollout/status.js';
import { oneLine } from '../domain/text.js';
import { closingLines } from './closing.js';
import type { Paint } from './paint.js';
import { phaseWords } from './marks.js';
import { dateWords } from './clock.js';
import { fit } from './width.js';
import { frame, historyLines, nextLines, statusLines, whyLines } from './frame.js';
import type { View } from './view.js';

const HISTORY_LINES = 6;

/** A rollout of any kind at one glance. */
export function frameOf(status: StatusBase, view: View): string[] {
  if (isStagedTraffic(status)) return frame(status, view);
  return commonLines(status, view, historyLines(status.history, view, HISTORY_LINES)).map((line) =>
    fit(line, view.width),
  );
}

/** A rollout of any kind in a few lines. */
export function statusLinesOf(status: StatusBase, view: View): string[] {
  if (isStagedTraffic(status)) return statusLines(status, view);
  const started = `${status.id}, started ${dateWords(status.startedAt, view.timeZone)}`;
  return [view.paint.faint(started), ...commonLines(status, view, [])];
}

/** The last word on a rollout of any kind. */
export function closingLinesOf(status: StatusBase, paint: Paint, timeZone?: string): string[] {
  if (isStagedTraffic(status)) return closingLines(status, paint, timeZone);
  const { service, phase, reason, needsHuman, id } = status;
  const needs = needsHuman === null ? '' : `, it needs you: ${needsHuman}`;
  return [`${phaseWords(phase, paint)} ${service}: ${oneLine(reason + needs)}`, `    headgate history ${id}`];
}

/** What every kind has; what a kind shows besides stands in between. */
function commonLines(status: StatusBase, view: View, history: readonly string[]): string[] {
  const { service, phase, shown = [] } = status;
  return [
    `${view.paint.strong(service)}  ${phaseWords(phase, view.paint)}`,
    ...shown,
    ...whyLines(status, view),
    ...history,
    ...nextLines(status, view),
  ];
}
