const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How a person would say it: `12s`, `6m 12s`, `10m`, `1h 04m`, `2d 3h`. */
export function durationWords(ms: number): string {
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

/** For what is quick: `36 ms`, `0.4 s`, `12 s`. */
export function quickWords(ms: number): string {
  if (ms < 100) return `${String(Math.max(0, Math.round(ms)))} ms`;
  const seconds = ms / SECOND_MS;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${String(Math.round(seconds))} s`;
}

/** `4 s ago`; `just now` within a second. */
export function ageWords(at: string, nowMs: number): string {
  const ms = nowMs - Date.parse(at);
  if (ms < SECOND_MS) return 'just now';
  return ms < MINUTE_MS ? `${String(Math.floor(ms / SECOND_MS))} s ago` : `${durationWords(ms)} ago`;
}

/** The time of day where the reader is: `14:02:11`. */
export function clockWords(at: string, timeZone?: string): string {
  return clock(at, timeZone, {});
}

/** With tenths: `14:02:11.4`. */
export function preciseClockWords(at: string, timeZone?: string): string {
  return clock(at, timeZone, { fractionalSecondDigits: 1 });
}

/** The day too, for what may be long ago: `2027-01-31 14:02:11`. */
export function dateWords(at: string, timeZone?: string): string {
  const day = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', ...zone(timeZone) }).format(new Date(at));
  return `${day} ${clockWords(at, timeZone)}`;
}

function clock(at: string, timeZone: string | undefined, more: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hour12: false,
    ...more,
    ...zone(timeZone),
  }).format(new Date(at));
}

function zone(timeZone: string | undefined): Intl.DateTimeFormatOptions {
  return timeZone === undefined ? {} : { timeZone };
}
