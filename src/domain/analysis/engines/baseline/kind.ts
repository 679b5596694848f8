import type { Problem } from '../../../errors.js';
import { problemsOfMinRequests, problemsOfProportion } from '../../check-rules.js';
import type { CheckKind } from '../../engine.js';
import { formatValue } from '../../format.js';
import type { BaselineCheck } from '../../plan.js';

export const BASELINE: CheckKind<BaselineCheck> = {
  engine: 'baseline',
  comparesWithBaseline: true,
  nameOf: ({ metric }) => `${metric} vs baseline`,
  metricOf: ({ metric }) => metric,
  boundOf: ({ maxIncrease }) => `max +${formatValue(maxIncrease, 'fraction')}`,
  problemsOf: (check, path) => [
    ...problemsOfProportion(check, path),
    ...problemsOfIncrease(check, path),
    ...problemsOfMinRequests(check.minRequests, path),
  ],
  provabilityOf: ({ maxIncrease }) => (maxIncrease > 0 ? 'provable' : 'never'),
};

function problemsOfIncrease({ maxIncrease }: BaselineCheck, path: string): Problem[] {
  if (Number.isFinite(maxIncrease) && maxIncrease >= 0 && maxIncrease <= 1000) return [];
  return [
    {
      rule: 'checks.increase',
      path: `${path}.maxIncrease`,
      message: 'This cannot be an increase over the baseline',
      expected: '0 (no worse) or more: 0.5 is half as much again',
      got: String(maxIncrease),
    },
  ];
}
