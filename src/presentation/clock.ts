import { formatDuration } from '../domain/duration.js';

/** `4 s ago`; `just now` within a second. */
export function ageWords(at: string, nowMs: number): string {
  const ms = nowMs - Date.parse(at);
  if (ms < 1000) return 'just now';
  return ms < 60_000 ? `${String(Math.floor(ms / 1000))} s ago` : `${formatDuration(ms)} ago`;
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
