import { isLatencyMetric } from './criterion.js';
import { formatValue, type ValueUnit } from './format.js';
import { isProportionMetric, type Check } from './plan.js';

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

/** The unit of a check's value. */
export function unitOf(check: Check): ValueUnit {
  if (check.kind === 'custom') return 'number';
  if (isLatencyMetric(check.metric)) return 'ms';
  if (check.metric === 'requestRate') return 'perSecond';
  return isProportionMetric(check.metric) ? 'fraction' : 'number';
}

/** What a check allows, in words: `max 1 %`, `max +50 %`. */
export function boundOf(check: Check, unit: ValueUnit): string {
  if (check.kind === 'baseline') return `max +${formatValue(check.maxIncrease, 'fraction')}`;
  const { max, min } = check;
  return [
    ...(min === undefined ? [] : [`min ${formatValue(min, unit)}`]),
    ...(max === undefined ? [] : [`max ${formatValue(max, unit)}`]),
  ].join(', ');
}
