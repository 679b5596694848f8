import type { Labels } from './labels.js';
import { groupBy, type RawSeries } from './raw-series.js';

/**
 * The labels, besides those in `within`, by which series of one target differ. Each combination of their values is taken
 * for a process of its own, so a new one begins with its second scrape.
 */
export function labelsOfCombinations(series: readonly RawSeries[], within: ReadonlySet<string>): readonly string[] {
  const targets = [...groupBy(series, ({ labels }) => JSON.stringify([labels['job'], labels['instance']])).values()];
  const names = new Set(series.flatMap(({ labels }) => Object.keys(labels)));
  return [...names].filter((name) => !within.has(name) && targets.some((target) => differ(target, name))).sort();
}

function differ(series: readonly { readonly labels: Labels }[], name: string): boolean {
  return new Set(series.map(({ labels }) => labels[name])).size > 1;
}
