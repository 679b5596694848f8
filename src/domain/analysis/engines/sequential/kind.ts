import { problemsOfBounds } from '../../bound-rules.js';
import { problemsOfMinRequests, problemsOfProportion } from '../../check-rules.js';
import { criteriaOf } from '../../criterion.js';
import type { CheckKind } from '../../engine.js';
import { boundsWords } from '../../format.js';
import type { SequentialCheck } from '../../plan.js';

export const SEQUENTIAL: CheckKind<SequentialCheck> = {
  engine: 'sequential',
  comparesWithBaseline: false,
  nameOf: ({ metric }) => metric,
  metricOf: ({ metric }) => metric,
  boundOf: boundsWords,
  problemsOf: (check, path) => [
    ...problemsOfProportion(check, path),
    ...problemsOfBounds(check.metric, check, path),
    ...problemsOfMinRequests(check.minRequests, path),
  ],
  provabilityOf: (check) =>
    criteriaOf(check.metric, check).every(({ allowed }) => allowed > 0 && allowed < 1) ? 'provable' : 'never',
};
