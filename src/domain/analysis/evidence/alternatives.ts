import { ALTERNATIVES, WORST_ALTERNATIVE, WORST_SHARE } from '../defaults.js';

/** Alternatives to "the share of bad requests is at most p0", each with its prior weight. */
export interface Alternatives {
  readonly prior: readonly number[];
  /** ln(g/p0): what one bad request adds to the evidence for g. */
  readonly perBad: readonly number[];
  /** ln((1−g)/(1−p0)): what one good request adds. */
  readonly perGood: readonly number[];
}

/** Alternatives to "the rate is at most r times the baseline's". */
export interface RatioAlternatives {
  readonly prior: readonly number[];
  /** ρ. */
  readonly ratios: readonly number[];
  /** ln(ρ/r). */
  readonly logs: readonly number[];
}

/** A log-normal hump of a prior: a factor, its spread in logs, and how much of the whole it is. */
interface Hump {
  readonly factor: number;
  readonly spread: number;
  readonly share: number;
}

/** Most regressions are small multiples; some are disasters. */
const HARM: readonly Hump[] = [
  { factor: 2.3, spread: 0.35, share: 0.7 },
  { factor: 10, spread: 0.5, share: 0.3 },
];

/** How far below its bound a healthy candidate is: near it, well below, or without any failure. */
const HEALTH: readonly Hump[] = [
  { factor: 1.25, spread: 0.15, share: 0.3 },
  { factor: 2, spread: 0.35, share: 0.3 },
  { factor: 15, spread: 0.8, share: 0.4 },
];

/** Shares above `p0`, log-spaced over (p0, min(40 p0, 0.9)); none where no share is above it. */
export function harmAlternatives(p0: number): Alternatives {
  if (!(p0 > 0 && p0 < 1)) return NONE;
  const halfway = (1 + p0) / 2;
  const worst = halfway > WORST_SHARE ? halfway : Math.min(WORST_ALTERNATIVE * p0, WORST_SHARE);
  return sharesAt(p0, spaced(Math.log(worst / p0)), HARM);
}

/** Shares below `p0`, log-spaced over (p0/40, p0). */
export function healthAlternatives(p0: number): Alternatives {
  if (!(p0 > 0 && p0 < 1)) return NONE;
  return sharesAt(p0, spaced(-Math.log(WORST_ALTERNATIVE)), HEALTH);
}

/** Rate ratios above `r`, log-spaced over (r, 40 r). */
export function harmRatios(r: number): RatioAlternatives {
  return ratiosAt(r, spaced(Math.log(WORST_ALTERNATIVE)), HARM);
}

/** Rate ratios below `r`, log-spaced over (r/40, r). */
export function healthRatios(r: number): RatioAlternatives {
  return ratiosAt(r, spaced(-Math.log(WORST_ALTERNATIVE)), HEALTH);
}

const NONE: Alternatives = { prior: [], perBad: [], perGood: [] };

function spaced(width: number): readonly number[] {
  return Array.from({ length: ALTERNATIVES }, (_, index) => (width * (index + 0.5)) / ALTERNATIVES);
}

function sharesAt(p0: number, logs: readonly number[], humps: readonly Hump[]): Alternatives {
  return {
    prior: priorOver(logs, humps),
    perBad: logs,
    perGood: logs.map((log) => Math.log1p(-p0 * Math.exp(log)) - Math.log1p(-p0)),
  };
}

function ratiosAt(r: number, logs: readonly number[], humps: readonly Hump[]): RatioAlternatives {
  return { prior: priorOver(logs, humps), ratios: logs.map((log) => r * Math.exp(log)), logs };
}

function priorOver(logs: readonly number[], humps: readonly Hump[]): readonly number[] {
  const heights = logs.map((log) =>
    humps.reduce((sum, { factor, spread, share }) => {
      const distance = (Math.abs(log) - Math.log(factor)) / spread;
      return sum + (share / spread) * Math.exp(-0.5 * distance * distance);
    }, 0),
  );
  const whole = heights.reduce((sum, height) => sum + height, 0);
  return heights.map((height) => (whole > 0 ? height / whole : 1 / heights.length));
}
