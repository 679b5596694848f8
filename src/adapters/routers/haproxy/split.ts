import { HeadgateError } from '../../../domain/errors.js';
import { fromParts, PARTS_PER_WHOLE, toParts } from '../../../domain/percent.js';
import { describeWeights, sumsToWhole, type BackendWeight, type Weights } from '../../../domain/traffic/weights.js';
import type { Route } from '../../../ports/traffic-router.js';
import { slotOf, targetOf } from '../targets.js';

/**
 * How HAProxy splits one service, as one entry of its map: `green/5000/blue` sends the first 5,000 of 100,000 hash
 * buckets to `green` and the rest to `blue`.
 *
 * One value says both who owns the first slice and how large it is, so both change in the same instant: a rollout that
 * goes the other way (`blue/5000/green`) never passes through a state in which users change sides. The slash is the one
 * mark that no name of HAProxy can contain.
 */
export interface Split {
  /** The backend of the first slice, as HAProxy calls it. */
  readonly first: string;
  /** How many of 100,000 buckets the first slice has. */
  readonly parts: number;
  /** The backend of all other buckets. */
  readonly rest: string;
}

const ENTRY = /^([^/\s]+)\/(\d{1,6})\/([^/\s]+)$/;

export function writeSplit({ first, parts, rest }: Split): string {
  return `${first}/${String(parts)}/${rest}`;
}

/** `null` for what is no split. */
export function readSplit(entry: string): Split | null {
  const [, first, parts, rest] = ENTRY.exec(entry) ?? [];
  if (first === undefined || parts === undefined || rest === undefined) return null;
  if (first === rest || Number(parts) > PARTS_PER_WHOLE) return null;
  return { first, parts: Number(parts), rest };
}

/** Whether both send everybody to the same place; where one has everybody, the name of the other does not matter. */
export function sameSplit(a: Split, b: Split): boolean {
  const [left, right] = [usersOf(a), usersOf(b)];
  return left.length === right.length && left.every((one, index) => one === right[index]);
}

/** The backends that get users. */
export function backendsOf({ first, parts, rest }: Split): readonly string[] {
  return [...(parts > 0 ? [first] : []), ...(parts < PARTS_PER_WHOLE ? [rest] : [])];
}

function usersOf(split: Split): readonly string[] {
  const backends = backendsOf(split);
  return backends.length === 1 ? backends : [...backends, String(split.parts)];
}

/** A backend that the service does not know keeps its own name, so that its share is seen as drift. */
export function weightsOf(route: Route, { first, parts, rest }: Split): Weights {
  return [
    { backend: slotOf(route, first), percent: fromParts(parts) },
    { backend: slotOf(route, rest), percent: fromParts(PARTS_PER_WHOLE - parts) },
  ];
}

/** The first entry of `weights` owns the first slice. @throws HeadgateError for what two slices cannot say. */
export function splitOf(route: Route, weights: Weights): Split {
  const [first, second] = slicesOf(weights);
  const owner = targetOf(route, first.backend);
  const others = Object.values(route.targets).filter((target) => target !== owner);
  const rest = second === undefined ? others[0] : targetOf(route, second.backend);
  if (rest !== undefined) return { first: owner, parts: toParts(first.percent), rest };
  throw new HeadgateError('INVALID_WEIGHTS', `${route.service} has one backend only: there is nothing to split`, {
    expected: 'two backends',
    got: owner,
  });
}

/** The one or two that count, in their order; a first entry at 0 % keeps its place. */
function slicesOf(weights: Weights): readonly [BackendWeight, BackendWeight | undefined] {
  const [head, ...tail] = weights;
  const others = tail.filter(({ percent }) => percent > 0);
  const [first, second, third] =
    head !== undefined && (head.percent > 0 || others.length < 2) ? [head, ...others] : others;
  if (first !== undefined && third === undefined && sumsToWhole(weights)) return [first, second];
  throw new HeadgateError(
    'INVALID_WEIGHTS',
    `HAProxy cannot split like this: ${describeWeights(weights) || 'nothing'}`,
    {
      expected: 'shares of at most two backends that sum to 100 %',
      got: describeWeights(weights) || 'no shares',
    },
  );
}
