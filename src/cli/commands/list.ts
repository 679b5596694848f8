import type { ListFilter } from '../../client/list-rollouts.js';
import { isStagedTrafficLine } from '../../domain/staged-traffic/is-staged-traffic.js';
import { formatPercent } from '../../domain/percent.js';
import type { ListedRollout } from '../../domain/rollout/listed-rollout.js';
import { ageWords } from '../../presentation/clock.js';
import { phaseWords } from '../../presentation/marks.js';
import { frozenLines } from '../../presentation/line-text.js';
import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import { table } from '../output/table.js';
import { frozenNow } from './frozen.js';
import type { Result, TextView } from '../result.js';

/** What there is, newest first. */
export async function list(context: Context, filter: ListFilter): Promise<Result> {
  const rollouts = await context.session.rollouts();
  const isFiltered = Object.entries(filter).some(([name, value]) => name !== 'limit' && value !== undefined);
  const [items, freeze] = await Promise.all([rollouts.list(filter), frozenNow(context)]);
  return {
    document: documentOf('RolloutList', { items, ...(freeze.length === 0 ? {} : { freeze }) }),
    lines: items.map((item) => documentOf('RolloutSummary', item)),
    text: (view) => [...frozenLines(freeze, view.paint), ...listLines(items, view, isFiltered)],
  };
}

/** A line per rollout; an empty list says how to fill it, or that nothing is as it was asked for. */
function listLines(items: readonly ListedRollout[], { paint, nowMs }: TextView, isFiltered: boolean): string[] {
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
  if (!isStagedTrafficLine(item)) return [item.strategy, ''];
  return [item.stage === 0 ? '' : `stage ${String(item.stage)}`, formatPercent(item.trafficPercentage)];
}
