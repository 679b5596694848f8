import type { Problem } from '../errors.js';
import { MOST_MEASUREMENTS } from './defaults.js';
import { formatCount } from './format.js';
import type { MeasurementLimits } from './plan.js';

/** Everything that is wrong with a check's limits: each alone, and where they contradict each other. */
export function problemsOfLimits(limits: MeasurementLimits, path: string): Problem[] {
  const { failureLimit, inconclusiveLimit, consecutiveErrorLimit, consecutiveSuccessLimit } = limits;
  const alone = [
    ...wholeFrom(-1, failureLimit, `${path}.failureLimit`, ', or -1 for no limit'),
    ...wholeFrom(0, inconclusiveLimit, `${path}.inconclusiveLimit`),
    ...wholeFrom(0, consecutiveErrorLimit, `${path}.consecutiveErrorLimit`),
    ...wholeFrom(0, consecutiveSuccessLimit, `${path}.consecutiveSuccessLimit`),
    ...wholeFrom(0, limits.consecutiveFailureLimit, `${path}.consecutiveFailureLimit`),
    ...wholeFrom(0, limits.count, `${path}.count`),
  ];
  return alone.length > 0 ? alone : [...contradictions(limits, path), ...neverFails(limits, path)];
}

function wholeFrom(least: number, value: number | undefined, path: string, or = ''): Problem[] {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= MOST_MEASUREMENTS)) return [];
  return [
    {
      rule: 'limits.whole',
      path,
      message: 'This cannot be a limit',
      expected: `a whole number from 0 to ${formatCount(MOST_MEASUREMENTS)}${or}`,
      got: String(value),
    },
  ];
}

/** A count too small for its limits would end the check before it could fail, or succeed. */
function contradictions(limits: MeasurementLimits, path: string): Problem[] {
  const { count = 0, failureLimit = 0, inconclusiveLimit = 0, consecutiveSuccessLimit = 0 } = limits;
  const { consecutiveFailureLimit: inARow = 0 } = limits;
  if (count === 0) return [];
  const problems: Problem[] = [];
  const needed = Math.max(0, failureLimit) + consecutiveSuccessLimit;
  if (count < needed) {
    problems.push({
      rule: 'limits.count',
      path: `${path}.count`,
      message: 'There are fewer measurements than the limits speak of',
      expected: `at least failureLimit + consecutiveSuccessLimit (${String(Math.max(0, failureLimit))} + ${String(consecutiveSuccessLimit)})`,
      got: String(count),
    });
  }
  if (count < inconclusiveLimit) {
    problems.push({
      rule: 'limits.count',
      path: `${path}.count`,
      message: 'There are fewer measurements than may be inconclusive',
      expected: `at least inconclusiveLimit (${String(inconclusiveLimit)})`,
      got: String(count),
    });
  }
  const canFailOtherwise =
    consecutiveSuccessLimit > 0 || (limits.failureLimit !== undefined && failureLimit >= 0 && failureLimit < count);
  if (count <= inARow && !canFailOtherwise) {
    problems.push({
      rule: 'limits.count',
      path: `${path}.count`,
      message: 'Its measurements are over before so many in a row can fail',
      expected: `more than consecutiveFailureLimit (${String(inARow)})`,
      got: String(count),
      remedy: 'Raise count, or lower consecutiveFailureLimit',
    });
  }
  return problems;
}

function neverFails(limits: MeasurementLimits, path: string): Problem[] {
  const { failureLimit, consecutiveFailureLimit, consecutiveSuccessLimit = 0 } = limits;
  if (failureLimit !== -1 || consecutiveSuccessLimit > 0 || consecutiveFailureLimit !== undefined) return [];
  return [
    {
      rule: 'limits.none',
      path: `${path}.failureLimit`,
      message: 'Without a limit on failures this check can neither fail nor succeed by its successes',
      expected: 'consecutiveFailureLimit or consecutiveSuccessLimit where failureLimit is -1',
      got: '-1 and neither',
    },
  ];
}
