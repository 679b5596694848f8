/** The unit of a check's value. */
export type ValueUnit = 'fraction' | 'ms' | 'perSecond' | 'number';

/** A value for people: `0.31 %`, `480 ms`, `12.5/s`. */
export function formatValue(value: number | null, unit: ValueUnit): string {
  if (value === null) return 'unknown';
  switch (unit) {
    case 'fraction':
      return `${formatNumber(value * 100)} %`;
    case 'ms':
      return `${formatNumber(value)} ms`;
    case 'perSecond':
      return `${formatNumber(value)}/s`;
    case 'number':
      return formatNumber(value);
  }
}

/** Absolute bounds in words: `min 10 ms, max 500 ms`. */
export function boundsWords({ max, min }: { readonly max?: number; readonly min?: number }, unit: ValueUnit): string {
  return [
    ...(min === undefined ? [] : [`min ${formatValue(min, unit)}`]),
    ...(max === undefined ? [] : [`max ${formatValue(max, unit)}`]),
  ].join(', ');
}

/** Three significant digits, whole above 100. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return formatCount(value);
  return String(Number(value.toPrecision(3)));
}

/** A whole number with groups of three: `1,932`. */
export function formatCount(count: number): string {
  const whole = String(Math.round(Math.abs(count)));
  const grouped = /e/.test(whole) ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return Math.round(count) < 0 ? `-${grouped}` : grouped;
}

/** A count that is only an estimate: two significant digits. */
export function formatAbout(count: number): string {
  const whole = Math.max(1, Math.ceil(count));
  return formatCount(whole < 100 ? whole : Number(whole.toPrecision(2)));
}

/** `1 problem`, `2,100 requests`. */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${Math.round(count) === 1 ? '' : 's'}`;
}
