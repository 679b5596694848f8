import type { Problem } from '../errors.js';
import { tooLong } from '../time-rules.js';
import { problemsOfBounds } from './bound-rules.js';
import { problemsOfLimits } from './limit-rules.js';
import {
  isProportionMetric,
  PROPORTION_METRICS,
  type BaselineCheck,
  type Check,
  type SequentialCheck,
} from './plan.js';

/** Everything that is wrong with one check. */
export function problemsOfCheck(check: Check, path: string): Problem[] {
  switch (check.kind) {
    case 'threshold':
      return [
        ...named(check.metric, `${path}.metric`),
        ...problemsOfBounds(check.metric, check, path),
        ...problemsOfLimits(check, path),
        ...aboveZero(check.windowMs, `${path}.windowMs`, 'a time in milliseconds above 0'),
        ...tooLong(`${path}.windowMs`, check.windowMs),
        ...aboveZero(check.minRequests, `${path}.minRequests`, 'a number of requests above 0'),
      ];
    case 'custom':
      return [
        ...named(check.name, `${path}.name`),
        ...problemsOfBounds(check.name, check, path),
        ...problemsOfLimits(check, path),
        ...aboveZero(check.windowMs, `${path}.windowMs`, 'a time in milliseconds above 0'),
        ...tooLong(`${path}.windowMs`, check.windowMs),
      ];
    case 'sequential':
      return [
        ...proportional(check, path),
        ...problemsOfBounds(check.metric, check, path),
        ...aboveZero(check.minRequests, `${path}.minRequests`, 'a number of requests above 0'),
      ];
    case 'baseline':
      return [
        ...proportional(check, path),
        ...problemsOfIncrease(check, path),
        ...aboveZero(check.minRequests, `${path}.minRequests`, 'a number of requests above 0'),
      ];
  }
}

function named(name: string, path: string): Problem[] {
  if (name.trim() !== '') return [];
  return [
    { rule: 'checks.name', path, message: 'A check needs the name of what it measures', expected: 'a name', got: '""' },
  ];
}

/** Evidence is gathered from good and bad requests: what is no share of requests has no such thing. */
function proportional(check: SequentialCheck | BaselineCheck, path: string): Problem[] {
  if (isProportionMetric(check.metric)) return [];
  return [
    {
      rule: 'checks.proportion',
      path: `${path}.metric`,
      message: `A check of kind ${check.kind} needs a metric that is a share of requests`,
      expected: PROPORTION_METRICS.join(', '),
      got: JSON.stringify(check.metric),
      remedy: 'Use kind: threshold with max or min',
    },
  ];
}

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

function aboveZero(value: number | undefined, path: string, expected: string): Problem[] {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return [];
  return [{ rule: 'checks.positive', path, message: 'This must be above 0', expected, got: String(value) }];
}
