import { DEFAULT_ALPHA } from './defaults.js';
import type { CompiledCheck } from './engine.js';
import { ENGINES, type AnyEngine } from './engines.js';
import type { Weighing } from './evidence/weighed.js';
import { boundOf, countedMetricOf, kindOf, nameOf, unitOf } from './kinds.js';
import type { AnalysisPlan, Check } from './plan.js';

/** A check that is ready to be judged. */
export interface ReadyCheck {
  readonly engine: AnyEngine;
  readonly compiled: CompiledCheck;
}

const compiledPlans = new WeakMap<AnalysisPlan, readonly ReadyCheck[]>();

/** The checks of `plan` with everything worked out; remembered for as long as the plan lives. */
export function compiledChecks(plan: AnalysisPlan): readonly ReadyCheck[] {
  const known = compiledPlans.get(plan);
  if (known !== undefined) return known;
  const fresh = compile(plan);
  compiledPlans.set(plan, fresh);
  return fresh;
}

function compile({ checks, alpha = DEFAULT_ALPHA, dispersion, proof }: AnalysisPlan): readonly ReadyCheck[] {
  // False alarms are shared out: every process of evidence gets the same part of alpha.
  const tests = checks.reduce((sum, check) => sum + engineOf(check).testsIn(check), 0);
  const weighing: Weighing = {
    alpha: alpha / Math.max(1, tests),
    dispersion: typeof dispersion === 'number' ? dispersion : null,
    needsProof: proof === 'evidence',
  };
  const names = new Map<string, Check['kind']>();
  return checks.map((check) => {
    const engine = engineOf(check);
    const common: CompiledCheck = {
      key: keyOf(check),
      name: uniqueName(check, names),
      unit: unitOf(check),
      bound: boundOf(check),
      metric: countedMetricOf(check),
      comparesWithBaseline: kindOf(check).comparesWithBaseline,
    };
    return { engine, compiled: engine.compile(check, common, weighing) };
  });
}

function engineOf(check: Check): AnyEngine {
  return ENGINES[kindOf(check).engine];
}

function keyOf(check: Check): string {
  return JSON.stringify(Object.entries(check).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A second check on the same thing is told apart by its kind, or by its bound where that is the same. */
function uniqueName(check: Check, taken: Map<string, Check['kind']>): string {
  const base = nameOf(check);
  const first = taken.get(base);
  let name = first === undefined ? base : `${base} (${first === check.kind ? boundOf(check) : check.kind})`;
  for (let copy = 2; taken.has(name); copy += 1) name = `${base} (${String(copy)})`;
  taken.set(name, check.kind);
  return name;
}
