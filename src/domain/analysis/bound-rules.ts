import type { Problem } from '../errors.js';
import { isLatencyMetric } from './criterion.js';
import { formatValue } from './format.js';
import { isCountedMetric, type Bounds } from './plan.js';

/** Everything that is wrong with the bounds of a check on `metric`. */
export function problemsOfBounds(metric: string, bounds: Bounds, path: string): Problem[] {
  const { max, min } = bounds;
  if (max === undefined && min === undefined) {
    return [
      {
        rule: 'bounds.some',
        path,
        message: `Nothing says what ${metric} may be`,
        expected: 'max, min or both',
        got: 'neither',
      },
    ];
  }
  const problems = [...problemsOfBound(metric, max, `${path}.max`), ...problemsOfBound(metric, min, `${path}.min`)];
  if (max !== undefined && min !== undefined && min > max) {
    problems.push({
      rule: 'bounds.order',
      path: `${path}.min`,
      message: 'No value can be within these bounds',
      expected: `min at most max (${String(max)})`,
      got: String(min),
    });
  }
  return problems;
}

function problemsOfBound(metric: string, bound: number | undefined, path: string): Problem[] {
  if (bound === undefined) return [];
  const expected = expectedBound(metric);
  if (typeof bound !== 'number' || !Number.isFinite(bound))
    return [{ rule: 'bounds.number', path, message: 'This is not a number', expected, got: String(bound) }];
  if (isRate(metric) && (bound < 0 || bound > 1)) {
    const remedy =
      bound > 1 && bound <= 100 ? { remedy: `If ${String(bound)} % is meant, write ${String(bound / 100)}` } : {};
    return [
      { rule: 'bounds.fraction', path, message: `${metric} is a fraction`, expected, got: inPercent(bound), ...remedy },
    ];
  }
  if (isCountedMetric(metric) && (bound < 0 || (isLatencyMetric(metric) && bound === 0)))
    return [{ rule: 'bounds.sign', path, message: `${metric} has no such values`, expected, got: String(bound) }];
  return [];
}

function inPercent(fraction: number): string {
  return `${String(fraction)}, which is ${formatValue(fraction, 'fraction')}`;
}

function isRate(metric: string): boolean {
  return metric === 'errorRate' || metric === 'successRate';
}

function expectedBound(metric: string): string {
  if (isRate(metric)) return 'a fraction from 0 to 1, e.g. 0.01 for 1 %';
  if (isLatencyMetric(metric)) return 'milliseconds above 0';
  return metric === 'requestRate' ? 'requests per second, 0 or more' : 'a finite number';
}
