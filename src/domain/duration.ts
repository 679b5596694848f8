import { formatCount } from './analysis/format.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

const UNITS = [
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
  ['ms', 1],
] as const;

/** Below that, tenths of a second are worth saying. */
const SHORT_MS = 10_000;

/** A time as people write it in a specification: `10m`, `1h30m`, `500ms`. Exact to the millisecond. */
export function spellDuration(ms: number): string {
  let rest = Math.round(ms);
  let text = '';
  for (const [unit, length] of UNITS) {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    if (amount > 0) text += `${String(amount)}${unit}`;
  }
  return text === '' ? '0s' : text;
}

/** To the second, as a countdown shows it: `12s`, `6m 12s`, `10m`, `1h 04m`, `2d 3h`. */
export function formatDuration(ms: number): string {
  // First, so that what is rounded up to an hour is one.
  const seconds = Math.round(ms / SECOND_MS);
  const wholeMs = seconds * SECOND_MS;
  if (wholeMs >= DAY_MS) return pair(Math.floor(wholeMs / HOUR_MS), 24, 'd', 'h');
  if (wholeMs >= HOUR_MS) return pair(Math.floor(wholeMs / MINUTE_MS), 60, 'h', 'm');
  return seconds < 60 ? `${String(seconds)}s` : pair(seconds, 60, 'm', 's');
}

function pair(count: number, base: number, large: string, small: string): string {
  const rest = count % base;
  return `${String(Math.floor(count / base))}${large}${rest === 0 ? '' : ` ${String(rest).padStart(small === 'h' ? 1 : 2, '0')}${small}`}`;
}

/** Of what is quick: `36 ms`, `0.4 s`, `12 s`. */
export function formatShortTime(ms: number): string {
  if (ms < 100) return `${String(Math.max(0, Math.round(ms)))} ms`;
  const seconds = ms / SECOND_MS;
  return seconds < SHORT_MS / SECOND_MS ? `${seconds.toFixed(1)} s` : `${String(Math.round(seconds))} s`;
}

/** How long something took: with tenths while that matters, then to the second. */
export function formatElapsed(ms: number): string {
  return ms < SHORT_MS ? formatShortTime(ms) : formatDuration(ms);
}

/** An estimate, rounded up: `40 s`, `7 m`, `3 h`, `2 d`. */
export function formatRoughDuration(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / SECOND_MS));
  if (seconds < 120) return `${String(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 120) return `${String(minutes)} m`;
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? `${String(hours)} h` : `${formatCount(Math.ceil(hours / 24))} d`;
}
