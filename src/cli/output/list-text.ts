import { isCanaryLine } from '../../domain/canary/is-canary.js';
import { formatPercent } from '../../domain/percent.js';
import type { ListedRollout } from '../../domain/rollout/base-status.js';
import type { TextView } from '../result.js';
import { phaseWords } from './symbols.js';
import { table } from './table.js';
import { ageWords } from './time-words.js';

/** A line per rollout; an empty list says how to fill it, or that nothing is as it was asked for. */
export function listLines(items: readonly ListedRollout[], { paint, nowMs }: TextView, isFiltered = false): string[] {
  if (items.length === 0 && isFiltered) return ['No such rollouts.', '    headgate list'];
  if (items.length === 0)
    return ['No rollouts.', '    headgate init', '    headgate start FILE --wait', '    headgate demo'];
  const rows = items.map((item) => [
    item.service,
    `${phaseWords(item.phase, paint)}${item.needsHuman ? paint.attention(' needs you') : ''}`,
    ...placeOf(item),
    ageWords(item.startedAt, nowMs),
    paint.faint(item.id),
  ]);
  return table([['service', 'phase', '', 'traffic', 'started', 'id'].map((title) => paint.faint(title)), ...rows]);
}

/** A canary's stage and share; of another kind what it is. */
function placeOf(item: ListedRollout): [string, string] {
  if (!isCanaryLine(item)) return [item.strategy, ''];
  return [item.stage === 0 ? '' : `stage ${String(item.stage)}`, formatPercent(item.trafficPercentage)];
}
