import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';
import type { AdapterUnavailableError } from '../../../domain/errors.js';
import type { ClusterWeight } from '../../envoy/served-routes.js';
import { envoyFailure } from './failure.js';
import { field, isDiscoveryResponse, routeNodesOf, textOf, type RouteNodes } from './route-nodes.js';

/** One entry of `clusters` as it stands in the file, around its weight. */
interface Item extends ClusterWeight {
  readonly before: string;
  readonly after: string;
}

/** A `weighted_clusters` of a route. */
interface Entry {
  readonly slots: readonly Item[];
  readonly unfit: string | null;
}

/** A route that we cannot change: it matters only to those who want to. */
interface Closed {
  readonly trouble: AdapterUnavailableError;
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

function isOnOneLine({ before, after }: Item): boolean {
  return before.startsWith('{') && !`${before}${after}`.includes('\n') && !/[&*!#]/.test(`${before}${after}`);
}

function itemAt(text: string, at: number, candidates: readonly Item[]): { was: Item; is: Item; end: number } | null {
  for (const was of candidates) {
    if (!text.startsWith(was.before, at)) continue;
    const digits = /\d+/y;
    digits.lastIndex = at + was.before.length;
    const [weight] = digits.exec(text) ?? [];
    if (weight === undefined || !text.startsWith(was.after, digits.lastIndex)) continue;
    return { was, is: { ...was, weight: Number(weight) }, end: digits.lastIndex + was.after.length };
  }
  return null;
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

function documentOf(path: string, text: string): Document.Parsed {
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) throw malformed(path, error.message.split('\n')[0] ?? error.message);
  if (path.endsWith('.json')) refuseLooseJson(path, text);
  if (!isDiscoveryResponse(document)) throw malformed(path, 'there is no list of resources in it');
  return document;
}

/** What is good YAML is not always the JSON that Envoy expects in a file of that name. */
function refuseLooseJson(path: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw malformed(path, error instanceof Error ? error.message : String(error));
  }
}

function malformed(path: string, got: string): AdapterUnavailableError {
  return envoyFailure(`${path} is no RDS file; it is left as it is`, {
    expected: 'a discovery response with resources, as Envoy reads it',
    got,
    remedy: 'Correct it by hand, or bring back an older one; docs/envoy.md shows how it should look.',
  });
}

interface PlacedItem {
  readonly item: Item;
  readonly start: number;
  readonly end: number;
}

function itemsOf(path: string, text: string, { name, clusters }: RouteNodes): readonly PlacedItem[] | Closed {
  if (clusters === null) return { trouble: withoutSplit(path, name) };
  const items: PlacedItem[] = [];
  for (const node of clusters.items as Node[]) {
    const item = itemOf(text, node);
    if (item === null || items.some((other) => other.item.cluster === item.item.cluster))
      return { trouble: unreadable(path, name, text, node) };
    items.push(item);
  }
  return items;
}

function itemOf(text: string, node: Node): PlacedItem | null {
  const cluster = textOf(field(node, 'name'));
  const weight = field(node, 'weight');
  if (!isMap(node) || node.anchor !== undefined || cluster === undefined) return null;
  if (!isScalar(weight) || weight.anchor !== undefined || !isWeight(weight.value)) return null;
  const [start, flowEnd] = rangeOf(node);
  const end = node.flow === true ? flowEnd : withComment(text, endOf(node));
  const [from, to] = rangeOf(weight);
  const around = { before: text.slice(start, from), after: text.slice(to, end) };
  return { item: { cluster, weight: Number(weight.value), ...around }, start, end };
}

function withoutSplit(path: string, route: string): AdapterUnavailableError {
  return envoyFailure(`the route ${route} of ${path} has no weighted_clusters`, {
    expected: 'weighted_clusters that names both clusters, one at 100000 and one at 0',
    got: 'another action',
    remedy: 'Write the split by hand once; docs/envoy.md shows how.',
  });
}

function unreadable(path: string, route: string, text: string, node: Node): AdapterUnavailableError {
  const [start, end] = rangeOf(node);
  return envoyFailure(`the route ${route} of ${path} has an entry that cannot be read`, {
    expected: '{ name: CLUSTER, weight: NUMBER }, once per cluster, without anchors',
    got: text.slice(start, Math.min(end, start + 80)).trim(),
    remedy: 'Write the name of the cluster and its weight as a whole number.',
  });
}

/** Envoy reads a number as text, too. */
function isWeight(value: unknown): boolean {
  return (typeof value === 'number' || typeof value === 'string') && /^\d+$/.test(String(value));
}

/** Where the last character of a node stands; the range of one in block style reaches to the next. */
function endOf(node: Node): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1);
    const value = (last?.value ?? last?.key) as Node | undefined;
    if (value !== undefined) return endOf(value);
  }
  if (isSeq(node) && node.flow !== true) {
    const last = node.items.at(-1) as Node | undefined;
    if (last !== undefined) return endOf(last);
  }
  return rangeOf(node)[1];
}

/** Every node that was read from a text has one. */
function rangeOf(node: Node): readonly [start: number, end: number] {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}

/** What is said behind an entry is said about it, and moves with it. */
function withComment(text: string, end: number): number {
  const behind = /^[ \t]+#[^\r\n]*/.exec(text.slice(end, end + 1000));
  return end + (behind?.[0].length ?? 0);
}
