import type { ListFilter } from '../../client/list-rollouts.js';
import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import { listLines } from '../output/list-text.js';
import type { Result } from '../result.js';

/** What there is, newest first. */
export async function list(context: Context, filter: ListFilter): Promise<Result> {
  const rollouts = await context.session.rollouts();
  const isFiltered = Object.entries(filter).some(([name, value]) => name !== 'limit' && value !== undefined);
  const items = await rollouts.list(filter);
  return {
    document: documentOf('RolloutList', { items }),
    lines: items.map((item) => documentOf('RolloutSummary', item)),
    text: (view) => listLines(items, view, isFiltered),
  };
}
