import type { Phase } from '../../domain/rollout/phase.js';

/** `4.8 %`, `5 %`, `100 %`. */
export function percentWords(percent: number): string {
  return `${String(percent >= 10 ? Math.round(percent) : Math.round(percent * 10) / 10)} %`;
}

/** `38 ms`, `0.41 s`, `12.3 s`. */
export function spanWords(ms: number): string {
  if (Math.abs(ms) < 1000) return `${String(Math.round(ms))} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** `rolled back`: a phase as a person says it. */
export function phaseWords(phase: Phase): string {
  return phase.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** `1 932`. */
export function countWords(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** The time of day where the reader is, with tenths: `14:02:11.4`. */
export function timeWords(atMs: number): string {
  const at = new Date(atMs);
  const two = (number: number): string => String(number).padStart(2, '0');
  const tenths = String(Math.floor(at.getMilliseconds() / 100));
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${tenths}`;
}
