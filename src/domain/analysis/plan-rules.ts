import type { Problem } from '../errors.js';
import { MOST_CHECKS } from './defaults.js';
import { kindOf, nameOf } from './kinds.js';
import type { AnalysisPlan } from './plan.js';

/**
 * Everything that is wrong with an analysis plan, all at once; empty when it can be used.
 *
 * @param path where the plan stands in what a person wrote, e.g. `analysis`
 */
export function problemsOfAnalysisPlan(plan: AnalysisPlan, path: string): Problem[] {
  return [
    ...plan.checks
      .slice(0, MOST_CHECKS)
      .flatMap((check, index) => kindOf(check).problemsOf(check, `${path}.checks[${index}]`)),
    ...tooMany(plan, path),
    ...repeated(plan, path),
    ...problemsOfAlpha(plan, path),
    ...problemsOfDispersion(plan, path),
    ...problemsOfProof(plan, path),
  ];
}

function tooMany({ checks }: AnalysisPlan, path: string): Problem[] {
  if (checks.length <= MOST_CHECKS) return [];
  return [
    {
      rule: 'checks.many',
      path: `${path}.checks`,
      message: 'Too many checks',
      expected: `at most ${MOST_CHECKS}`,
      got: String(checks.length),
    },
  ];
}

/** Two answers to one question: which one counts would be a matter of luck. */
function repeated({ checks }: AnalysisPlan, path: string): Problem[] {
  const first = new Map<string, number>();
  return checks.flatMap((check, index) => {
    const key = `${kindOf(check).engine}/${nameOf(check)}`;
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, index);
      return [];
    }
    return [
      {
        rule: 'checks.repeated',
        path: `${path}.checks[${index}]`,
        also: [`${path}.checks[${earlier}]`],
        message: `Two checks of the same kind look at ${nameOf(check)}`,
        expected: `one check of kind ${check.kind} per metric`,
        got: `checks[${earlier}] and checks[${index}]`,
        remedy: 'Put both bounds into one check, or take one of them out',
      },
    ];
  });
}

function problemsOfAlpha({ alpha }: AnalysisPlan, path: string): Problem[] {
  if (alpha === undefined || (alpha > 0 && alpha < 1)) return [];
  return [
    {
      rule: 'alpha.range',
      path: `${path}.alpha`,
      message: 'This cannot be the chance of a false alarm',
      expected: 'a number between 0 and 1, e.g. 0.05',
      got: String(alpha),
    },
  ];
}

function problemsOfDispersion({ dispersion }: AnalysisPlan, path: string): Problem[] {
  if (typeof dispersion !== 'number' || (dispersion >= 1 && Number.isFinite(dispersion))) return [];
  return [
    {
      rule: 'dispersion.range',
      path: `${path}.dispersion`,
      message: 'Failures cannot scatter less than by chance',
      expected: 'a number of at least 1 (1: no correction)',
      got: String(dispersion),
    },
  ];
}

function problemsOfProof({ proof, checks }: AnalysisPlan, path: string): Problem[] {
  if (proof !== 'evidence') return [];
  return checks.flatMap((check, index) =>
    'maxIncrease' in check && check.maxIncrease === 0
      ? [
          {
            rule: 'proof.margin',
            path: `${path}.checks[${index}].maxIncrease`,
            message: 'That a candidate is no worse at all cannot be proven, however much traffic it gets',
            expected: 'a margin above 0 where proof: evidence is asked for, e.g. 0.1',
            got: '0',
          },
        ]
      : [],
  );
}
