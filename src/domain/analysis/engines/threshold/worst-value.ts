import type { Check } from '../../plan.js';
import { isWorse, worstVerdict, type Verdict } from '../../verdict.js';
import { measureNumber } from './measure.js';
import { scalarOf } from './state.js';

/**
 * The value that speaks most against the candidate, of several of the scalar `name`; of equals the last one.
 * `undefined` where there is none.
 */
export function worstValue(checks: readonly Check[], name: string, values: readonly number[]): number | undefined {
  const [first, ...others] = values;
  return others.reduce<number | undefined>(
    (worst, value) =>
      worst !== undefined && isWorse(verdictOn(checks, name, value), verdictOn(checks, name, worst)) ? worst : value,
    first,
  );
}

/** What the checks that look at the scalar say of one value. */
function verdictOn(checks: readonly Check[], name: string, value: number): Verdict {
  return worstVerdict(
    checks.flatMap((check) =>
      (check.kind === 'threshold' || check.kind === 'custom') && scalarOf(check) === name
        ? [measureNumber(check, value).verdict]
        : [],
    ),
  );
}
