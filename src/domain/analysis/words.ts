import type { BadCount, Criterion } from './criterion.js';
import { formatCount, formatNumber, formatValue, type ValueUnit } from './format.js';
import type { Measured } from './measure.js';
import type { Bounds } from './plan.js';

/** How a measured value breaks its bounds: `4.2 % > max 1 % (81 errors in 1,932 requests)`. */
export function breachWords(unit: ValueUnit, { max, min }: Bounds, { value, broken }: Measured): string {
  if (broken !== null) return proportionWords(broken.criterion, broken.bad, value, unit);
  const tooMuch = max !== undefined && (value === null || value > max);
  const beyond = tooMuch ? `> max ${formatValue(max, unit)}` : `< min ${formatValue(min ?? null, unit)}`;
  return `${formatValue(value, unit)} ${beyond}`;
}

/** A proportion beyond its bound, with the counts behind it. */
export function proportionWords(
  { limit, bound, event, allowed }: Criterion,
  { requests, surely }: Pick<BadCount, 'requests' | 'surely'>,
  value: number | null,
  unit: ValueUnit,
): string {
  const beyond = `${limit === 'max' ? '>' : '<'} ${limit} ${formatValue(bound, unit)}`;
  const seen = formatCount(requests);
  switch (event.kind) {
    case 'error':
      return `${formatValue(value, unit)} ${beyond} (${formatCount(surely)} errors in ${seen} requests)`;
    case 'success':
      return `${formatValue(value, unit)} ${beyond} (${formatCount(surely)} successes in ${seen} requests)`;
    case 'slower':
    case 'notSlower': {
      const share = formatNumber(100 * (surely / requests));
      const how = event.kind === 'slower' ? 'slower' : 'not slower';
      return (
        `about ${formatValue(value, unit)}, ${beyond} ` +
        `(${share} % of ${seen} requests were ${how} than ${formatValue(event.boundMs, 'ms')}, ` +
        `${formatNumber(100 * allowed)} % may be)`
      );
    }
  }
}
