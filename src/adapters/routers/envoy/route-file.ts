import { isDeepStrictEqual } from 'node:util';
import type { ClusterWeight } from '../../envoy/served-routes.js';
import { envoyFailure } from './failure.js';
import { documentOf } from './route-document.js';
import { isOnOneLine, itemAt, itemsOf, type Closed, type Item } from './route-items.js';
import { routeNodesOf } from './route-nodes.js';

/** A `weighted_clusters` of a route. */
interface Entry {
  readonly slots: readonly Item[];
  readonly unfit: string | null;
}

/**
 * The text of an RDS file, taken apart into what we may change and everything else.
 *
 * Ours are the weights of a route's clusters and the order in which they stand. Every other character is kept as a
 * person wrote it, comments and spaces too, because it is never read and written again, only copied.
 */
export class RouteFile {
  private constructor(
    private readonly path: string,
    /** Everything between the items, one piece more than there are items. */
    private readonly pieces: readonly string[],
    /** By name of the route, in the order of the file. */
    private readonly entries: ReadonlyMap<string, readonly (Entry | Closed)[]>,
    /** The name of the route of every entry that has items, in the order of the file. */
    private readonly order: readonly (readonly [name: string, index: number])[],
  ) {}

  /** @throws AdapterUnavailableError when this is not an RDS file. */
  static parse(path: string, text: string): RouteFile {
    const file = RouteFile.takeApart(path, text, []);
    if (file.isPlain || file.isChangeable([...file.entries.keys()])) return file;
    const closed = [...file.entries.keys()].filter((route) => !file.isChangeable([route]));
    return RouteFile.takeApart(path, text, closed);
  }

  private static takeApart(path: string, text: string, closed: readonly string[]): RouteFile {
    const entries = new Map<string, (Entry | Closed)[]>();
    const order: (readonly [string, number])[] = [];
    const pieces: string[] = [];
    let at = 0;
    for (const route of routeNodesOf(documentOf(path, text))) {
      const before = entries.get(route.name) ?? [];
      entries.set(route.name, before);
      const items = closed.includes(route.name) ? unchangeable(path, route.name) : itemsOf(path, text, route);
      if ('trouble' in items) {
        before.push(items);
        continue;
      }
      for (const { start, end } of items) {
        pieces.push(text.slice(at, start));
        at = end;
      }
      order.push([route.name, before.length]);
      before.push({ slots: items.map(({ item }) => item), unfit: route.unfit });
    }
    pieces.push(text.slice(at));
    return new RouteFile(path, pieces, entries, order);
  }

  /**
   * The same file with what this text says of weights and their order; `null` when it says something else as well.
   *
   * Other workers change no more than that, and it takes a hundredth of the time of {@link RouteFile.parse}.
   */
  withTextOf(text: string): RouteFile | null {
    const entries = new Map(this.entries);
    let at = 0;
    let piece = 0;
    for (const [name, index] of this.order) {
      const all = entries.get(name) ?? [];
      const entry = all[index];
      if (entry === undefined || 'trouble' in entry) return null;
      const left = [...entry.slots];
      const slots: Item[] = [];
      for (let count = left.length; count > 0; count -= 1) {
        const between = this.pieces[piece] ?? '';
        if (!text.startsWith(between, at)) return null;
        const found = itemAt(text, at + between.length, left);
        if (found === null) return null;
        left.splice(left.indexOf(found.was), 1);
        slots.push(found.is);
        at = found.end;
        piece += 1;
      }
      entries.set(
        name,
        all.map((one, position) => (position === index ? { ...entry, slots } : one)),
      );
    }
    if (text.slice(at) !== this.pieces[piece]) return null;
    return new RouteFile(this.path, this.pieces, entries, this.order);
  }

  /** What it says about a route. @throws AdapterUnavailableError when it says nothing that we could change. */
  weightsOf(route: string): readonly ClusterWeight[] {
    return this.entriesOf(route)[0]?.slots.map(({ cluster, weight }) => ({ cluster, weight })) ?? [];
  }

  /**
   * The same with other weights: the clusters in this order, others at 0 after them.
   *
   * @throws AdapterUnavailableError when the route, or a cluster in it, is not there, or its split would not be sticky.
   */
  with(route: string, weights: readonly ClusterWeight[]): RouteFile {
    const changed = this.entriesOf(route).map((entry) => this.changed(route, entry, weights));
    return new RouteFile(this.path, this.pieces, new Map([...this.entries, [route, changed]]), this.order);
  }

  get text(): string {
    let item = 0;
    const parts: string[] = [];
    for (const [name, index] of this.order) {
      const entry = this.entries.get(name)?.[index];
      if (entry === undefined || 'trouble' in entry) continue;
      for (const { before, weight, after } of entry.slots) {
        parts.push(this.pieces[item] ?? '', before, String(weight), after);
        item += 1;
      }
    }
    parts.push(this.pieces[item] ?? '');
    return parts.join('');
  }

  private entriesOf(route: string): readonly Entry[] {
    const entries = this.entries.get(route);
    if (entries === undefined) {
      throw envoyFailure(`${this.path} has no route named ${route}`, {
        expected: `a route whose name is ${route}`,
        got: this.entries.size === 0 ? 'no named route' : `routes named ${[...this.entries.keys()].join(', ')}`,
        remedy: `Give the route its name (name: ${route}), or correct route: under services in headgate.yaml.`,
      });
    }
    return entries.map((entry) => {
      if ('trouble' in entry) throw entry.trouble;
      return entry;
    });
  }

  private changed(route: string, entry: Entry, weights: readonly ClusterWeight[]): Entry {
    const isSplit = weights.filter(({ weight }) => weight > 0).length > 1;
    // Everybody to one side needs no stickiness: a rollback is never refused.
    if (isSplit && entry.unfit !== null) {
      throw envoyFailure(`users of the route ${route} of ${this.path} would not keep their side: ${entry.unfit}`, {
        expected: 'weighted_clusters with use_hash_policy: true, and a hash_policy on a header or cookie',
        got: entry.unfit,
        remedy: 'Add it to the route; docs/envoy.md shows how.',
      });
    }
    const named = weights.map(({ cluster, weight }) => {
      const item = entry.slots.find((one) => one.cluster === cluster);
      if (item !== undefined) return { ...item, weight };
      throw envoyFailure(`the route ${route} of ${this.path} does not name the cluster ${cluster}`, {
        expected: `an entry for ${weights.map((one) => one.cluster).join(' and ')} in its weighted_clusters`,
        got: entry.slots.map((one) => one.cluster).join(', ') || 'no entry',
        remedy: `Add { name: ${cluster}, weight: 0 } to it, or correct the target under backends in headgate.yaml.`,
      });
    });
    const others = entry.slots.filter(({ cluster }) => !weights.some((one) => one.cluster === cluster));
    return { ...entry, slots: [...named, ...others.map((item) => ({ ...item, weight: 0 }))] };
  }

  /** Whether its entries are written as nearly everybody writes them: then they can change places, without a trial. */
  private get isPlain(): boolean {
    const entries = [...this.entries.values()].flat();
    return entries.every((entry) => 'trouble' in entry || entry.slots.every(isOnOneLine));
  }

  /** Changes all that could be changed of these routes, for trial, and looks whether the file then says just that. */
  private isChangeable(routes: readonly string[]): boolean {
    const reversed = [...this.entries].map(
      ([route, entries]) => [route, routes.includes(route) ? entries.map(reversedEntry) : entries] as const,
    );
    const trial = new RouteFile(this.path, this.pieces, new Map(reversed), this.order);
    try {
      const { pieces, entries } = RouteFile.takeApart(this.path, trial.text, []);
      return isDeepStrictEqual(pieces, trial.pieces) && isDeepStrictEqual(entries, trial.entries);
    } catch {
      return false;
    }
  }
}

function reversedEntry(entry: Entry | Closed): Entry | Closed {
  if ('trouble' in entry) return entry;
  return { ...entry, slots: entry.slots.map((item, index) => ({ ...item, weight: index + 1 })).reverse() };
}

function unchangeable(path: string, route: string): Closed {
  return {
    trouble: envoyFailure(
      `the weights of the route ${route} of ${path} cannot be changed without touching something else`,
      {
        expected: 'the entries of its weighted_clusters alike: indented alike, without anchors',
        got: 'entries that cannot change places',
        remedy: 'Write each as { name: CLUSTER, weight: NUMBER } on a line of its own.',
      },
    ),
  };
}
