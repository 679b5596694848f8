import { formatPercent, fromParts, PARTS_PER_WHOLE, toParts } from '../percent.js';
import { HeadgateError } from '../errors.js';

/** The share of one backend, 0–100 percent, grain 0.001 %. */
export interface BackendWeight {
  readonly backend: string;
  readonly percent: number;
}

/**
 * The shares of a service's backends, summing to 100.
 *
 * The order matters: the first entry owns the first slice of the hash range, so a candidate that
 * stands first keeps its users while its share rises.
 */
export type Weights = readonly BackendWeight[];

/** The two backends of one rollout. */
export interface Roles {
  /** Had all the traffic when the rollout began. */
  readonly baseline: string;
  /** What the rollout brings in. */
  readonly candidate: string;
}

/** `candidatePercent` to the candidate, which owns the first slice, the rest to the baseline. */
export function splitBetween(roles: Roles, candidatePercent: number): Weights {
  const parts = toParts(candidatePercent);
  if (!Number.isFinite(parts) || parts < 0 || parts > PARTS_PER_WHOLE) {
    throw new HeadgateError('INVALID_WEIGHTS', `The candidate's share cannot be ${String(candidatePercent)} %`, {
      expected: 'a share from 0 to 100',
      got: String(candidatePercent),
    });
  }
  return [
    { backend: roles.candidate, percent: fromParts(parts) },
    { backend: roles.baseline, percent: fromParts(PARTS_PER_WHOLE - parts) },
  ];
}

/** Everybody to the baseline: what every rollback sets, absolutely. */
export function allToBaseline(roles: Roles): Weights {
  return splitBetween(roles, 0);
}

/** The share of `backend`; 0 when it is not named. */
export function shareOf(weights: Weights, backend: string): number {
  return weights.find((weight) => weight.backend === backend)?.percent ?? 0;
}

/** Whether both send the same shares to the same backends; backends at 0 % do not count. */
export function sameWeights(a: Weights, b: Weights): boolean {
  const backends = new Set([...a, ...b].map((weight) => weight.backend));
  return [...backends].every((backend) => toParts(shareOf(a, backend)) === toParts(shareOf(b, backend)));
}

export function sumsToWhole(weights: Weights): boolean {
  return weights.reduce((sum, weight) => sum + toParts(weight.percent), 0) === PARTS_PER_WHOLE;
}

/** For people: `green 25 %, blue 75 %`. */
export function describeWeights(weights: Weights): string {
  return weights.map(({ backend, percent }) => `${backend} ${formatPercent(percent)}`).join(', ');
}
