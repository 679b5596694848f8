import type { RolloutStatus } from '../../domain/canary/status.js';
import { checkLines } from './frame/checks.js';
import { nextLines, whyLines } from './frame/frame.js';
import { headerLines } from './frame/header.js';
import { trafficLines } from './frame/traffic.js';
import type { View } from './frame/view.js';
import { dateWords } from './time-words.js';

/** A rollout in a few lines; what is long is not cut, for it may be read in a file. */
export function statusLines(status: RolloutStatus, view: View): string[] {
  const { paint, timeZone } = view;
  return [
    paint.faint(`${status.id}, started ${dateWords(status.startedAt, timeZone)}${sourceWords(status)}`),
    ...headerLines(status, view),
    ...trafficLines(status, view),
    ...checkLines(status.checks, view),
    ...whyLines(status, view),
    ...nextLines(status, view),
  ];
}

function sourceWords({ worker }: RolloutStatus): string {
  return worker === 'journal' ? ', read from the journal' : '';
}
