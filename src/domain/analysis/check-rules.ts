import type { Problem } from '../errors.js';
import { isProportionMetric, PROPORTION_METRICS, type BaselineCheck, type SequentialCheck } from './plan.js';

export function problemsOfName(name: string, path: string): Problem[] {
  if (name.trim() !== '') return [];
  return [
    { rule: 'checks.name', path, message: 'A check needs the name of what it measures', expected: 'a name', got: '""' },
  ];
}

/** Evidence is gathered from good and bad requests: what is no share of requests has no such thing. */
export function problemsOfProportion(check: SequentialCheck | BaselineCheck, path: string): Problem[] {
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

export function problemsOfMinRequests(minRequests: number | undefined, path: string): Problem[] {
  return aboveZero(minRequests, `${path}.minRequests`, 'a number of requests above 0');
}

export function aboveZero(value: number | undefined, path: string, expected: string): Problem[] {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return [];
  return [{ rule: 'checks.positive', path, message: 'This must be above 0', expected, got: String(value) }];
}
