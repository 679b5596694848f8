import { criteriaOf, isLatencyMetric, type Criterion } from './criterion.js';
import { formatValue, type ValueUnit } from './format.js';
import { isProportionMetric, type AnalysisPlan, type Bounds, type Check } from './plan.js';

/** A check with what follows from it and its plan, worked out once. */
export interface CompiledCheck {
  readonly check: Check;
  /** Equal for equal checks: how a check finds its memory. */
  readonly key: string;
  /** Unique within the plan. */
  readonly name: string;
  readonly unit: ValueUnit;
  /** What is allowed, in words: `max 1 %`. */
  readonly bound: string;
  /** The bounds as criteria, where the metric is a proportion. */
  readonly criteria: readonly Criterion[];
}

export interface CompiledPlan {
  readonly plan: AnalysisPlan;
  readonly checks: readonly CompiledCheck[];
}

const compiledPlans = new WeakMap<AnalysisPlan, CompiledPlan>();

/** `plan` with everything worked out; remembered for as long as the plan lives. */
export function compiled(plan: AnalysisPlan): CompiledPlan {
  const known = compiledPlans.get(plan);
  if (known !== undefined) return known;
  const fresh = compile(plan);
  compiledPlans.set(plan, fresh);
  return fresh;
}

function compile(plan: AnalysisPlan): CompiledPlan {
  const names = new Set<string>();
  const checks = plan.checks.map((check) => {
    const unit = unitOf(check);
    return {
      check,
      key: JSON.stringify(Object.entries(check).sort(([a], [b]) => (a < b ? -1 : 1))),
      name: uniqueName(check, names),
      unit,
      bound: boundOf(check, unit),
      criteria: criteriaOfCheck(check),
    };
  });
  return { plan, checks };
}

function criteriaOfCheck(check: Check): readonly Criterion[] {
  if (check.kind !== 'threshold' && check.kind !== 'sequential') return [];
  return isProportionMetric(check.metric) ? criteriaOf(check.metric, check) : [];
}

function uniqueName(check: Check, taken: Set<string>): string {
  const base = nameOf(check);
  let name = taken.has(base) ? `${base} (${check.kind})` : base;
  for (let copy = 2; taken.has(name); copy += 1) name = `${base} (${copy})`;
  taken.add(name);
  return name;
}

/** What people call a check: its metric; `errorRate vs baseline` when it compares. */
export function nameOf(check: Check): string {
  switch (check.kind) {
    case 'custom':
      return check.name;
    case 'baseline':
      return `${check.metric} vs baseline`;
    case 'threshold':
    case 'sequential':
      return check.metric;
  }
}

export function unitOf(check: Check): ValueUnit {
  if (check.kind === 'custom') return 'number';
  if (isLatencyMetric(check.metric)) return 'ms';
  if (check.metric === 'requestRate') return 'perSecond';
  return isProportionMetric(check.metric) ? 'fraction' : 'number';
}

function boundOf(check: Check, unit: ValueUnit): string {
  if (check.kind === 'baseline') return `max +${formatValue(check.maxIncrease, 'fraction')}`;
  return wordsOf(check, unit);
}

function wordsOf({ max, min }: Bounds, unit: ValueUnit): string {
  return [
    ...(min === undefined ? [] : [`min ${formatValue(min, unit)}`]),
    ...(max === undefined ? [] : [`max ${formatValue(max, unit)}`]),
  ].join(', ');
}
