import type { Problem } from '../../../errors.js';
import { tooLong } from '../../../time-rules.js';
import { problemsOfBounds } from '../../bound-rules.js';
import { aboveZero, problemsOfMinRequests, problemsOfName } from '../../check-rules.js';
import type { CheckKind } from '../../engine.js';
import { boundsWords } from '../../format.js';
import { problemsOfLimits } from '../../limit-rules.js';
import type { CustomCheck, ThresholdCheck } from '../../plan.js';

export const THRESHOLD: CheckKind<ThresholdCheck> = {
  engine: 'threshold',
  comparesWithBaseline: false,
  nameOf: ({ metric }) => metric,
  metricOf: ({ metric }) => metric,
  boundOf: boundsWords,
  problemsOf: (check, path) => [
    ...problemsOfName(check.metric, `${path}.metric`),
    ...problemsOfBounds(check.metric, check, path),
    ...problemsOfLimits(check, path),
    ...problemsOfWindow(check.windowMs, path),
    ...problemsOfMinRequests(check.minRequests, path),
  ],
  provabilityOf: () => 'fixed',
};

export const CUSTOM: CheckKind<CustomCheck> = {
  engine: 'threshold',
  comparesWithBaseline: false,
  nameOf: ({ name }) => name,
  metricOf: () => null,
  boundOf: boundsWords,
  problemsOf: (check, path) => [
    ...problemsOfName(check.name, `${path}.name`),
    ...problemsOfBounds(check.name, check, path),
    ...problemsOfLimits(check, path),
    ...problemsOfWindow(check.windowMs, path),
  ],
  provabilityOf: () => 'fixed',
};

function problemsOfWindow(windowMs: number | undefined, path: string): Problem[] {
  return [
    ...aboveZero(windowMs, `${path}.windowMs`, 'a time in milliseconds above 0'),
    ...tooLong(`${path}.windowMs`, windowMs),
  ];
}
