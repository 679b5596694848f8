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
  const refuse = (message: string, expected: string): void => {
    problems.push({ rule: 'limits.count', path: `${path}.count`, message, expected, got: String(count) });
  };
  const failures = Math.max(0, failureLimit);
  if (count < failures + consecutiveSuccessLimit) {
    const sum = `${String(failures)} + ${String(consecutiveSuccessLimit)}`;
    refuse(
      'There are fewer measurements than the limits speak of',
      `at least failureLimit + consecutiveSuccessLimit (${sum})`,
    );
  }
  if (count < inconclusiveLimit) {
    refuse(
      'There are fewer measurements than may be inconclusive',
      `at least inconclusiveLimit (${String(inconclusiveLimit)})`,
    );
  }
  const canFailOtherwise =
    consecutiveSuccessLimit > 0 || (limits.failureLimit !== undefined && failureLimit >= 0 && failureLimit < count);
  if (count <= inARow && !canFailOtherwise) {
    refuse(
      'Its measurements are over before so many in a row can fail',
      `more than consecutiveFailureLimit (${String(inARow)}): raise count, or lower consecutiveFailureLimit`,
    );
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
