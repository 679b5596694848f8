import type { AdapterUnavailableError } from '../../../domain/errors.js';
import type { ClusterWeight } from '../../envoy/served-routes.js';
import { envoyFailure } from './failure.js';
import { fenceOf, withFence, type FenceSlot } from './fence-slot.js';
import { itemsOf, type Closed, type Item } from './route-items.js';
import { documentOf } from './route-document.js';
import { routeNodesOf, type RouteNodes } from './route-nodes.js';
import type { Unfit } from '../../envoy/unfit.js';

/** An entry of a route, as far as it is ours. */
export interface Entry {
  readonly slots: readonly Item[];
  readonly fence: FenceSlot;
  readonly unfits: readonly Unfit[];
}

/** An entry, and where in the text what is ours stands, in its order. */
export interface PlacedEntry {
  readonly name: string;
  readonly entry: Entry | Closed;
  readonly places: readonly { readonly part: 'fence' | 'clusters'; readonly start: number; readonly end: number }[];
}

/** @param closed names of the routes that cannot be changed. @throws AdapterUnavailableError when this is no RDS file. */
export function placedEntriesOf(path: string, text: string, closed: readonly string[]): readonly PlacedEntry[] {
  return routeNodesOf(documentOf(path, text)).map((nodes) => {
    const placed = closed.includes(nodes.name)
      ? { trouble: unchangeable(path, nodes.name) }
      : placedEntry(path, text, nodes);
    return 'trouble' in placed ? { name: nodes.name, entry: placed, places: [] } : { name: nodes.name, ...placed };
  });
}

function placedEntry(path: string, text: string, nodes: RouteNodes): Omit<PlacedEntry, 'name'> | Closed {
  const items = itemsOf(path, text, nodes);
  if ('trouble' in items) return items;
  const fence = fenceOf(text, nodes.entry);
  if (fence === null) return { trouble: withoutPlace(path, nodes.name) };
  const places = [
    { part: 'fence' as const, start: fence.start, end: fence.end },
    ...items.map(({ start, end }) => ({ part: 'clusters' as const, start, end })),
  ];
  return {
    entry: { slots: items.map(({ item }) => item), fence: fence.slot, unfits: nodes.unfits },
    places: places.sort((a, b) => a.start - b.start),
  };
}

/**
 * The entry with other weights under a fence: the clusters in this order, others at 0 after them.
 *
 * @throws AdapterUnavailableError when a cluster that gets users is not named in it, or its split would not be sticky.
 */
export function changedEntry(
  path: string,
  route: string,
  entry: Entry,
  weights: readonly ClusterWeight[],
  fence: number,
): Entry {
  const isSplit = weights.filter(({ weight }) => weight > 0).length > 1;
  // Everybody to one side needs no stickiness: a rollback is never refused.
  if (isSplit && entry.unfits.length > 0) throw notSticky(path, route, entry.unfits);
  const named = weights.flatMap(({ cluster, weight }) => {
    const item = entry.slots.find((one) => one.cluster === cluster);
    if (item !== undefined) return [{ ...item, weight }];
    // Who takes a cluster away must not stand in the way back from it.
    if (weight === 0) return [];
    throw notNamed(path, route, cluster, weights, entry);
  });
  const others = entry.slots.filter(({ cluster }) => !weights.some((one) => one.cluster === cluster));
  return {
    ...entry,
    slots: [...named, ...others.map((item) => ({ ...item, weight: 0 }))],
    fence: withFence(entry.fence, fence),
  };
}

function notSticky(path: string, route: string, unfits: readonly Unfit[]): AdapterUnavailableError {
  return envoyFailure(`users of the route ${route} of ${path} would not keep their side`, {
    expected: 'weighted_clusters with use_hash_policy: true, and a hash_policy on a header or cookie',
    got: unfits.map(({ cause }) => cause).join('; '),
    remedy: unfits.map(({ remedy }) => remedy).join(' '),
  });
}

function notNamed(
  path: string,
  route: string,
  cluster: string,
  weights: readonly ClusterWeight[],
  { slots }: Entry,
): AdapterUnavailableError {
  return envoyFailure(`the route ${route} of ${path} does not name the cluster ${cluster}`, {
    expected: `an entry for ${weights.map((one) => one.cluster).join(' and ')} in its weighted_clusters`,
    got: slots.map((one) => one.cluster).join(', ') || 'no entry',
    remedy: `Add { name: ${cluster}, weight: 0 } to it, or correct the target under backends in headgate.yaml.`,
  });
}

function withoutPlace(path: string, route: string): AdapterUnavailableError {
  return envoyFailure(`the fence of the route ${route} of ${path} cannot be written without touching something else`, {
    expected: 'metadata: { filter_metadata: { headgate: { fence: 0 } } }, or no metadata at all',
    got: 'metadata, or a name, written in another way',
    remedy: 'Write that line into the entry by hand once, beside the metadata of others.',
  });
}

function unchangeable(path: string, route: string): AdapterUnavailableError {
  return envoyFailure(
    `the weights of the route ${route} of ${path} cannot be changed without touching something else`,
    {
      expected: 'the entries of its weighted_clusters alike: indented alike, without anchors',
      got: 'entries that cannot change places',
      remedy: 'Write each as { name: CLUSTER, weight: NUMBER } on a line of its own.',
    },
  );
}
