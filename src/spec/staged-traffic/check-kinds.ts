import { isProportionMetric, type Bounds, type Check } from '../../domain/analysis/plan.js';
import { definedOnly } from '../defined-only.js';
import type { LimitsDraft } from './draft.js';

/** A check whose metric is known and whose bounds are in the metric's unit. */
export interface ReadCheck extends Bounds {
  readonly metric: string;
  readonly query?: string;
  readonly source?: string;
  readonly maxIncrease?: number;
  readonly minRequests?: number;
  readonly limits: LimitsDraft;
}

/**
 * Which kinds of check judge what was written. Everything that decides it stands here.
 *
 * A bound on a share of requests is judged from evidence, unless limits count its measurements; a bound on anything else
 * is fixed; `maxIncrease` compares with the baseline. One line that says both makes two checks.
 */
export function checksFor(check: ReadCheck): readonly Check[] {
  return [...absolute(check), ...relative(check)];
}

function absolute({ metric, query, source, max, min, maxIncrease, minRequests, limits }: ReadCheck): readonly Check[] {
  // Without any bound the check goes to the domain as it is, which refuses it.
  if (max === undefined && min === undefined && maxIncrease !== undefined) return [];
  const counted = definedOnly(limits);
  if (isProportionMetric(metric) && query === undefined && Object.keys(counted).length === 0)
    return [{ kind: 'sequential', metric, ...definedOnly({ max, min, minRequests }) }];
  return [{ kind: 'threshold', metric, ...definedOnly({ query, source, max, min, minRequests }), ...counted }];
}

function relative({ metric, maxIncrease, minRequests }: ReadCheck): readonly Check[] {
  return maxIncrease === undefined ? [] : [{ kind: 'baseline', metric, maxIncrease, ...definedOnly({ minRequests }) }];
}
