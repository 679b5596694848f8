import { isLatencyMetric } from './criterion.js';
import type { CheckKind, Provability } from './engine.js';
import { BASELINE } from './engines/baseline/kind.js';
import { SEQUENTIAL } from './engines/sequential/kind.js';
import { CUSTOM, THRESHOLD } from './engines/threshold/kind.js';
import type { ValueUnit } from './format.js';
import { isCountedMetric, isProportionMetric, type Bounds, type Check, type CountedMetric } from './plan.js';

/** Every kind of check. Apart from its engine: workflows check plans, and must not load what judges. */
const KINDS: Readonly<Record<Check['kind'], CheckKind<Check>>> = {
  threshold: THRESHOLD,
  custom: CUSTOM,
  sequential: SEQUENTIAL,
  baseline: BASELINE,
};

export function kindOf({ kind }: Check): CheckKind<Check> {
  return KINDS[kind];
}

/** What people call a check: its metric; `errorRate vs baseline` when it compares. */
export function nameOf(check: Check): string {
  return kindOf(check).nameOf(check);
}

/** The unit of a check's value. */
export function unitOf(check: Check): ValueUnit {
  const metric = kindOf(check).metricOf(check);
  if (metric === null) return 'number';
  if (isLatencyMetric(metric)) return 'ms';
  if (metric === 'requestRate') return 'perSecond';
  return isProportionMetric(metric) ? 'fraction' : 'number';
}

/** What a check allows, in words: `max 1 %`, `max +50 %`. */
export function boundOf(check: Check): string {
  return kindOf(check).boundOf(check, unitOf(check));
}

export function provabilityOf(check: Check): Provability {
  return kindOf(check).provabilityOf(check);
}

/** The metric that a check counts; `null` where a source tells the value. */
export function countedMetricOf(check: Check): CountedMetric | null {
  const metric = kindOf(check).metricOf(check);
  return metric !== null && isCountedMetric(metric) ? metric : null;
}

/** Whether any of `checks` needs the baseline's traffic. */
export function compareWithBaseline(checks: readonly Check[]): boolean {
  return checks.some((check) => kindOf(check).comparesWithBaseline);
}

/** Absolute bounds on a metric. */
export interface MetricBounds extends Bounds {
  readonly metric: string;
}

/** What a check allows of a metric whatever the baseline does; `null` where it allows no such thing. */
export function absoluteBounds(check: Check): MetricBounds | null {
  return 'metric' in check && !('maxIncrease' in check) ? check : null;
}
