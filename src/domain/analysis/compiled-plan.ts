import { criteriaOf, type Criterion } from './criterion.js';
import { DEFAULT_ALPHA } from './defaults.js';
import {
  harmAlternatives,
  harmRatios,
  healthAlternatives,
  healthRatios,
  type Alternatives,
  type RatioAlternatives,
} from './evidence/alternatives.js';
import type { ValueUnit } from './format.js';
import { boundOf, nameOf, unitOf } from './naming.js';
import {
  isProportionMetric,
  type AnalysisPlan,
  type BaselineCheck,
  type Check,
  type CustomCheck,
  type SequentialCheck,
  type ThresholdCheck,
} from './plan.js';

interface CompiledAlike {
  /** Equal for equal checks: how a check finds its memory. */
  readonly key: string;
  /** Unique within the plan. */
  readonly name: string;
  readonly unit: ValueUnit;
  /** What is allowed, in words: `max 1 %`. */
  readonly bound: string;
}

/** Judged by single measurements. */
export interface CompiledThreshold extends CompiledAlike {
  readonly engine: 'threshold';
  readonly check: ThresholdCheck | CustomCheck;
  /** The bounds as criteria, where the metric is a proportion. */
  readonly criteria: readonly Criterion[];
}

/** What evidence is weighed by. */
export interface Weighing {
  /** The chance of a false alarm of one process. */
  readonly alpha: number;
  /** φ where the plan fixes it; `null`: from the baseline's past. */
  readonly dispersion: number | null;
  /** Whether a pass needs evidence of health. */
  readonly needsProof: boolean;
}

/** One criterion with its alternatives. */
export interface WeighedCriterion extends Criterion {
  readonly harm: Alternatives;
  readonly health: Alternatives;
}

/** Judged by evidence from the candidate alone. */
export interface CompiledSequential extends CompiledAlike, Weighing {
  readonly engine: 'sequential';
  readonly check: SequentialCheck;
  readonly criteria: readonly WeighedCriterion[];
}

/** Judged by evidence from the comparison with the baseline. */
export interface CompiledBaseline extends CompiledAlike, Weighing {
  readonly engine: 'baseline';
  readonly check: BaselineCheck;
  /** What happened to a bad request, in words. @default 'failed' */
  readonly event?: string;
  /** The largest rate of bad requests that is allowed, in rates of the baseline. */
  readonly ratio: number;
  readonly harm: RatioAlternatives;
  readonly health: RatioAlternatives;
}

/** A check with what follows from it and its plan, worked out once. */
export type CompiledCheck = CompiledThreshold | CompiledSequential | CompiledBaseline;

const compiledPlans = new WeakMap<AnalysisPlan, readonly CompiledCheck[]>();

/** The checks of `plan` with everything worked out; remembered for as long as the plan lives. */
export function compiledChecks(plan: AnalysisPlan): readonly CompiledCheck[] {
  const known = compiledPlans.get(plan);
  if (known !== undefined) return known;
  const fresh = compile(plan);
  compiledPlans.set(plan, fresh);
  return fresh;
}

function compile(plan: AnalysisPlan): readonly CompiledCheck[] {
  const names = new Map<string, Check['kind']>();
  const weighing: Weighing = {
    alpha: (plan.alpha ?? DEFAULT_ALPHA) / Math.max(1, processesIn(plan)),
    dispersion: typeof plan.dispersion === 'number' ? plan.dispersion : null,
    needsProof: plan.proof === 'evidence',
  };
  return plan.checks.map((check) => {
    const unit = unitOf(check);
    const alike = { key: keyOf(check), name: uniqueName(check, names), unit, bound: boundOf(check, unit) };
    return compileCheck(check, alike, weighing);
  });
}

/** False alarms are shared out: every process of evidence gets the same part of alpha. */
function processesIn({ checks }: AnalysisPlan): number {
  return checks.reduce((sum, check) => {
    if (check.kind === 'baseline') return sum + 1;
    return check.kind === 'sequential' ? sum + criteriaFor(check).length : sum;
  }, 0);
}

function compileCheck(check: Check, alike: CompiledAlike, weighing: Weighing): CompiledCheck {
  switch (check.kind) {
    case 'threshold':
      return { ...alike, engine: 'threshold', check, criteria: criteriaFor(check) };
    case 'custom':
      return { ...alike, engine: 'threshold', check, criteria: [] };
    case 'sequential': {
      const criteria = criteriaFor(check).map((criterion) => ({
        ...criterion,
        harm: harmAlternatives(criterion.allowed),
        health: healthAlternatives(criterion.allowed),
      }));
      return { ...alike, ...weighing, engine: 'sequential', check, criteria };
    }
    case 'baseline': {
      // Latencies are compared at a bound that already is 1 + maxIncrease times the baseline's: no more of the
      // candidate's requests may be slower than that than of the baseline's than its own bound.
      const ratio = unitOf(check) === 'ms' ? 1 : 1 + check.maxIncrease;
      return {
        ...alike,
        ...weighing,
        engine: 'baseline',
        check,
        ratio,
        harm: harmRatios(ratio),
        health: healthRatios(ratio),
      };
    }
  }
}

function criteriaFor(check: ThresholdCheck | SequentialCheck): readonly Criterion[] {
  return isProportionMetric(check.metric) ? criteriaOf(check.metric, check) : [];
}

function keyOf(check: Check): string {
  return JSON.stringify(Object.entries(check).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A second check on the same thing is told apart by its kind, or by its bound where that is the same. */
function uniqueName(check: Check, taken: Map<string, Check['kind']>): string {
  const base = nameOf(check);
  const first = taken.get(base);
  const bound = boundOf(check, unitOf(check));
  let name = first === undefined ? base : `${base} (${first === check.kind ? bound : check.kind})`;
  for (let copy = 2; taken.has(name); copy += 1) name = `${base} (${String(copy)})`;
  taken.set(name, check.kind);
  return name;
}
