import { isLatencyMetric } from '../../domain/analysis/criterion.js';
import { formatValue } from '../../domain/analysis/format.js';
import { absoluteBounds, nameOf, provabilityOf } from '../../domain/analysis/kinds.js';
import type { PlainPlan } from '../../domain/staged-traffic/plan-fields.js';
import { formatPercent } from '../../domain/percent.js';

/** What was understood, in words, where a number is easily misread. */
export function notesOnPlan(plan: PlainPlan): string[] {
  return [
    ...plan.stages.flatMap(({ trafficPercent }, index) => noteOnShare(trafficPercent, index)),
    ...largeIncreases(plan),
    ...unlikelyBounds(plan),
    ...withoutProof(plan),
  ];
}

function noteOnShare(percent: number, index: number): string[] {
  const stage = `stage ${String(index + 1)}`;
  if (percent < 1)
    return [`${stage}: ${formatPercent(percent)} is less than one request in a hundred, about 1 in ${oneIn(percent)}`];
  if (percent === 100 && index === 0)
    return [`${stage}: 100 % is everybody at once; one percent is written 1% or 0.01`];
  return [];
}

/** Where proof is asked for, a fixed bound goes without. */
function withoutProof({ analysis, stages }: PlainPlan): string[] {
  if (analysis.proof !== 'evidence' && !stages.some(({ advanceOnEvidence }) => advanceOnEvidence === true)) return [];
  return analysis.checks.flatMap((check) =>
    provabilityOf(check) === 'fixed'
      ? [`${nameOf(check)}: a fixed bound proves nothing; no proof is asked of it, only that it is kept`]
      : [],
  );
}

function oneIn(percent: number): string {
  return Math.round(100 / percent).toLocaleString('en-US');
}

function largeIncreases({ analysis }: PlainPlan): string[] {
  return analysis.checks.flatMap((check) =>
    'maxIncrease' in check && check.maxIncrease >= 5
      ? [
          `${check.metric}: maxIncrease allows ${String(1 + check.maxIncrease)} times the baseline; ` +
            `half as much again is written 50% or 0.5`,
        ]
      : [],
  );
}

/** Half of all requests is no bound that somebody means. */
const LIKELY_ERROR_SHARE = 0.5;

/** Bounds that guard nothing, or the other way round. */
function unlikelyBounds({ analysis }: PlainPlan): string[] {
  return analysis.checks.flatMap((check) => {
    const bounds = absoluteBounds(check);
    if (bounds === null) return [];
    const { metric, max, min } = bounds;
    if (isLatencyMetric(metric) && max !== undefined && max < 1)
      return [`${metric}: max is ${formatValue(max, 'ms')}; half a second is written 500ms or 0.5s`];
    if (metric !== 'errorRate' && metric !== 'successRate') return [];
    const [limit, other] = metric === 'errorRate' ? (['max', 'min'] as const) : (['min', 'max'] as const);
    if (bounds[limit] === undefined) {
      const words = metric === 'errorRate' ? 'must fail' : 'may succeed at most';
      return [`${metric}: ${other} says how many requests ${words}; what guards is ${limit}`];
    }
    const mayFail = metric === 'errorRate' ? (max ?? 0) : 1 - (min ?? 1);
    if (mayFail < LIKELY_ERROR_SHARE) return [];
    return [
      `${metric}: ${formatValue(mayFail, 'fraction')} of the requests may fail; one percent is written 1% or 0.01`,
    ];
  });
}
