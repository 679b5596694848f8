import type { BadCount, Criterion } from './criterion.js';
import { formatCount, formatNumber, formatValue, type ValueUnit } from './format.js';

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
