import { isCanary } from '../../../domain/canary/is-canary.js';
import type { BaseStatus } from '../../../domain/rollout/base-status.js';
import { closingLines } from '../closing.js';
import type { Paint } from '../paint.js';
import { statusLines } from '../status-text.js';
import { phaseWords } from '../symbols.js';
import { dateWords } from '../time-words.js';
import { fit } from '../width.js';
import { frame, historyLines, nextLines, whyLines } from './frame.js';
import type { View } from './view.js';

const HISTORY_LINES = 6;

/** A rollout of any kind at one glance. */
export function frameOf(status: BaseStatus, view: View): string[] {
  if (isCanary(status)) return frame(status, view);
  return commonLines(status, view, historyLines(status.history, view, HISTORY_LINES)).map((line) =>
    fit(line, view.width),
  );
}

/** A rollout of any kind in a few lines. */
export function statusLinesOf(status: BaseStatus, view: View): string[] {
  if (isCanary(status)) return statusLines(status, view);
  const started = `${status.id}, started ${dateWords(status.startedAt, view.timeZone)}`;
  return [view.paint.faint(started), ...commonLines(status, view, [])];
}

/** The last word on a rollout of any kind. */
export function closingLinesOf(status: BaseStatus, paint: Paint, timeZone?: string): string[] {
  if (isCanary(status)) return closingLines(status, paint, timeZone);
  const { service, phase, reason, needsHuman, id } = status;
  const needs = needsHuman === null ? '' : `, it needs you: ${needsHuman}`;
  return [`${phaseWords(phase, paint)} ${service}: ${reason}${needs}`, `    headgate history ${id}`];
}

/** What every kind has; what a kind shows besides stands in between. */
function commonLines(status: BaseStatus, view: View, history: readonly string[]): string[] {
  const { service, phase, shown = [] } = status;
  return [
    `${view.paint.strong(service)}  ${phaseWords(phase, view.paint)}`,
    ...shown,
    ...whyLines(status, view),
    ...history,
    ...nextLines(status, view),
  ];
}
