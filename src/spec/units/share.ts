import { onGrain } from '../../domain/percent.js';
import { asNumber, refuse, tidy, type Read } from './read.js';

const PERCENT = /^([+-]?(?:\d+(?:\.\d+)?|\.\d+))\s*%$/;

/** The number before a percent sign: 5 for `5%` and `5 %`; `undefined` without the sign. */
export function percentIn(given: unknown): number | undefined {
  if (typeof given !== 'string') return undefined;
  const number = PERCENT.exec(given.trim())?.[1];
  return number === undefined ? undefined : Number(number);
}

/**
 * A share of a whole, as a fraction: `5%` and `0.05` are both 0.05.
 *
 * A bare number is a fraction from 0 to 1. That `5` is refused keeps 5 % and 500 % apart.
 */
export function readFraction(given: unknown): Read<number> {
  const percent = percentIn(given);
  if (percent !== undefined) return { value: tidy(percent / 100) };
  const number = asNumber(given);
  if (number === undefined) return refuse('units.share', 'This is not a share', 'a share such as 5% or 0.05');
  if (number >= 0 && number <= 1) return { value: number };
  const remedy = number > 1 && number <= 100 ? `Write ${spelled(number)}` : undefined;
  return refuse('units.share', 'A share without a percent sign is a fraction', 'a fraction from 0 to 1, or 5%', remedy);
}

/** A share of a whole, in percent and in the steps in which traffic is split: `5%` and `0.05` are both 5. */
export function readPercent(given: unknown): Read<number> {
  const percent = percentIn(given);
  if (percent !== undefined) return { value: onGrain(percent) };
  const fraction = readFraction(given);
  return 'value' in fraction ? { value: onGrain(tidy(fraction.value * 100)) } : fraction;
}

/** `5% or 0.05`, for somebody who wrote 5. */
function spelled(percent: number): string {
  return `${String(percent)}% or ${String(tidy(percent / 100))}`;
}
