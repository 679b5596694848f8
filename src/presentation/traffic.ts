import { formatPercent } from '../domain/percent.js';
import { isUnanswered } from '../domain/rollout/status.js';
import { type RolloutStatus } from '../domain/staged-traffic/status.js';
import { describeWeights, sameWeights, shareOf } from '../domain/traffic/weights.js';
import { bar } from './bars.js';
import { ageWords } from './clock.js';
import { flow } from './width.js';
import type { View } from './view.js';

const BAR_COLUMNS = 14;

/** What share the candidate is meant to have, and what it has. */
export function trafficLines(status: RolloutStatus, view: View): string[] {
  const { trafficPercentage, requestedBy } = status;
  const share = `traffic   ${bar(trafficPercentage, BAR_COLUMNS, view.paint)}  ${formatPercent(trafficPercentage)}`;
  const parts = [share, observedWords(status, view), requestedBy === null ? '' : view.paint.faint(`by ${requestedBy}`)];
  return flow(
    parts.filter((part) => part !== ''),
    view.width,
    '   ',
    ' '.repeat(10),
  );
}

/** `observed 25 %  ✔ read back 4 s ago`; nothing once it is over. */
function observedWords(status: RolloutStatus, { paint, nowMs }: Pick<View, 'paint' | 'nowMs'>): string {
  const { observed, desired, roles, asOf } = status;
  if (status.isComplete || status.endedAt !== null || status.currentStage === 0) return '';
  if (isUnanswered(status))
    return observed === null ? '' : `observed ${describeWeights(observed)} ${ageWords(asOf, nowMs)}`;
  const isSet = status.stageStartedAt !== null && status.phase !== 'rollingBack';
  if (observed === null || roles === null) return isSet ? '' : paint.faint('not read back yet');
  const seen = `observed ${formatPercent(shareOf(observed, roles.candidate))}`;
  const age = ageWords(asOf, nowMs);
  return desired === null || sameWeights(observed, desired)
    ? `${seen}  ${paint.good('✔')} read back ${age}`
    : `${paint.bad(seen)}  ${paint.bad('✖')} differs, seen ${age}`;
}
