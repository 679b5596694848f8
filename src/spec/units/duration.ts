import { wholeMs } from '../../domain/time-rules.js';
import { asNumber, refuse, tidy, type Read } from './read.js';

const MS_PER_UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const DURATION = /^([+-])?((?:\d+(?:\.\d+)?\s*(?:ms|[smhd])\s*)+)$/;
const PART = /(\d+(?:\.\d+)?)\s*(ms|[smhd])/g;

const EXPECTED = 'a time with its unit: 500ms, 30s, 10m, 1h30m, 7d';

/** How people write out the units, for the remedy. */
const SPELLED_OUT: readonly (readonly [RegExp, keyof typeof MS_PER_UNIT])[] = [
  [/^(milliseconds?|millis|msecs?)$/, 'ms'],
  [/^(seconds?|secs?)$/, 's'],
  [/^(minutes?|mins?)$/, 'm'],
  [/^(hours?|hrs?)$/, 'h'],
  [/^days?$/, 'd'],
];

/** A time in whole milliseconds: `500ms`, `30s`, `10m`, `1h30m`, `7d`. A bare number is refused: of what? */
export function readDuration(given: unknown): Read<number> {
  const exact = readLatency(given);
  return 'value' in exact ? { value: wholeMs(exact.value) } : exact;
}

/** As {@link readDuration}, with fractions of a millisecond: what is measured may be shorter than what is waited for. */
export function readLatency(given: unknown): Read<number> {
  const text = typeof given === 'string' ? given.trim() : '';
  const [, sign, parts] = DURATION.exec(text) ?? [];
  if (parts !== undefined) return { value: (sign === '-' ? -1 : 1) * sumOf(parts) };
  const number = asNumber(given);
  if (number !== undefined)
    return refuse(
      'units.duration',
      'A time needs its unit',
      EXPECTED,
      `Write ${String(number)}m for minutes or ${String(number)}s for seconds`,
    );
  return refuse('units.duration', 'This is not a time', EXPECTED, remedyFor(text));
}

/** As {@link readDuration}; a bare number is seconds. */
export function readSeconds(given: unknown): Read<number> {
  const number = asNumber(given);
  return number === undefined ? readDuration(given) : { value: wholeMs(tidy(number * 1000)) };
}

function sumOf(parts: string): number {
  let sum = 0;
  for (const [, amount, unit] of parts.matchAll(PART))
    sum += Number(amount) * MS_PER_UNIT[unit as keyof typeof MS_PER_UNIT];
  return tidy(sum);
}

function remedyFor(text: string): string | undefined {
  const [, amount = '', word = ''] = /^([\d.]+)\s*([a-z]+)$/i.exec(text) ?? [];
  const unit = SPELLED_OUT.find(([pattern]) => pattern.test(word.toLowerCase()))?.[1];
  return unit === undefined ? undefined : `Write ${amount}${unit}`;
}
