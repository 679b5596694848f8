import type { Random } from '../../../src/domain/simulation/random.js';

/** Chances, all from one stream of numbers. */
export interface Chooser {
  chance(share: number): boolean;
  one<Item>(items: readonly Item[]): Item;
  /** By weight. */
  weighted<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item;
  /** A whole number, both ends included. */
  whole(from: number, to: number): number;
  /** As likely to lie in one factor of ten as in another: short ones are common, long ones happen. */
  spread(from: number, to: number): number;
  /** The time until the next of events that come so far apart on average. */
  untilNext(meanMs: number): number;
}

export function chooser(random: Random): Chooser {
  const whole = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));
  const weighted = <Item>(items: readonly (readonly [weight: number, item: Item])[]): Item => {
    let left = random() * items.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    const last = items.at(-1);
    if (last === undefined) throw new RangeError('there is nothing to choose from');
    return last[1];
  };
  return {
    chance: (share) => random() < share,
    one: (items) => weighted(items.map((item) => [1, item] as const)),
    weighted,
    whole,
    spread: (from, to) => Math.round(from * (to / from) ** random()),
    untilNext: (meanMs) => Math.round(-Math.log(1 - random()) * meanMs),
  };
}
