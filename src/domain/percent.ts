/** Parts of a whole: every share is a multiple of 1/100,000, that is 0.001 %. */
export const PARTS_PER_WHOLE = 100_000;

const PARTS_PER_PERCENT = PARTS_PER_WHOLE / 100;

/** `percent` (0–100) as a whole number of parts of {@link PARTS_PER_WHOLE}. */
export function toParts(percent: number): number {
  return Math.round(percent * PARTS_PER_PERCENT);
}

/** The inverse of {@link toParts}. */
export function fromParts(parts: number): number {
  return parts / PARTS_PER_PERCENT;
}

/** `percent` on the grain of 0.001 %. */
export function roundPercent(percent: number): number {
  return fromParts(toParts(percent));
}

/**
 * `percent` on the grain, unless that would make nothing or everything of a share that is neither: such a one stays as it
 * was written, for the rules to refuse.
 */
export function onGrain(percent: number): number {
  const rounded = roundPercent(percent);
  return rounded === 0 || rounded === 100 ? percent : rounded;
}

/** For people: `5 %`, `12.5 %`, `0.001 %`. */
export function formatPercent(percent: number): string {
  return `${String(roundPercent(percent))} %`;
}
