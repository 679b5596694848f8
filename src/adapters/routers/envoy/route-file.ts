import { isDeepStrictEqual } from 'node:util';
import { NO_FENCE } from '../../../domain/traffic/fence.js';
import { someOf } from '../../../domain/text.js';
import { sameSplit, type ClusterWeight } from '../../envoy/served-routes.js';
import { envoyFailure } from './failure.js';
import { fenceAt, fenceText, withFence } from './fence-slot.js';
import { changedEntry, placedEntriesOf, type Entry } from './route-entry.js';
import { isOnOneLine, itemAt, type Closed, type Item } from './route-items.js';

/** What a file says about a route. */
export interface WrittenRoute {
  /** Those of its first entry. */
  readonly weights: readonly ClusterWeight[];
  /** The greatest of its entries. */
  readonly fence: number;
  /** Whether all its entries split alike. */
  readonly isAlike: boolean;
}

/** A part of an entry that we may change, in the order of the text. */
type Part = readonly [route: string, index: number, part: 'fence' | 'clusters'];

/**
 * The text of an RDS file, taken apart into what we may change and everything else.
 *
 * Ours are the weights of a route's clusters, the order in which they stand, and the fence in its metadata. Every other
 * character is kept as a person wrote it, comments and spaces too, because it is never read and written again, only copied.
 */
export class RouteFile {
  private constructor(
    private readonly path: string,
    /** Everything between what is ours, one piece more than there are fences and items. */
    private readonly pieces: readonly string[],
    /** By name of the route, in the order of the file. */
    private readonly entries: ReadonlyMap<string, readonly (Entry | Closed)[]>,
    private readonly order: readonly Part[],
  ) {}

  /** @throws AdapterUnavailableError when this is not an RDS file. */
  static parse(path: string, text: string): RouteFile {
    const file = RouteFile.takeApart(path, text, []);
    const closed = file.isPlain ? [] : file.unchangeable([...file.entries.keys()]);
    return closed.length === 0 ? file : RouteFile.takeApart(path, text, closed);
  }

  private static takeApart(path: string, text: string, closed: readonly string[]): RouteFile {
    const entries = new Map<string, (Entry | Closed)[]>();
    const order: Part[] = [];
    const pieces: string[] = [];
    let at = 0;
    for (const { name, entry, places } of placedEntriesOf(path, text, closed)) {
      const before = entries.get(name) ?? [];
      entries.set(name, before);
      for (const { part, start, end } of places) {
        pieces.push(text.slice(at, start));
        at = end;
        const last = order.at(-1);
        if (part === 'fence' || last?.[0] !== name || last[1] !== before.length || last[2] !== 'clusters')
          order.push([name, before.length, part]);
      }
      before.push(entry);
    }
    pieces.push(text.slice(at));
    return new RouteFile(path, pieces, entries, order);
  }

  /**
   * The same file with what this text says of weights, their order and fences; `null` when it says something else as well.
   *
   * Other workers change no more than that, and it takes a hundredth of the time of {@link RouteFile.parse}.
   */
  withTextOf(text: string): RouteFile | null {
    const entries = new Map([...this.entries].map(([name, all]) => [name, [...all]]));
    let at = 0;
    let piece = 0;
    const skipPiece = (): boolean => {
      const between = this.pieces[piece] ?? '';
      if (!text.startsWith(between, at)) return false;
      at += between.length;
      piece += 1;
      return true;
    };
    for (const [name, index, part] of this.order) {
      const all = entries.get(name) ?? [];
      const entry = all[index];
      if (entry === undefined || 'trouble' in entry) return null;
      if (part === 'fence') {
        const found = skipPiece() ? fenceAt(text, at, entry.fence) : null;
        if (found === null) return null;
        all[index] = { ...entry, fence: found.is };
        at = found.end;
        continue;
      }
      const left = [...entry.slots];
      const slots: Item[] = [];
      while (left.length > 0) {
        const found = skipPiece() ? itemAt(text, at, left) : null;
        if (found === null) return null;
        left.splice(left.indexOf(found.was), 1);
        slots.push(found.is);
        at = found.end;
      }
      all[index] = { ...entry, slots };
    }
    if (text.slice(at) !== this.pieces[piece]) return null;
    return new RouteFile(this.path, this.pieces, entries, this.order);
  }

  /** What it says about a route. @throws AdapterUnavailableError when it says nothing that we could change. */
  whatItSays(route: string): WrittenRoute {
    const entries = this.entriesOf(route);
    const weights = entries[0]?.slots.map(({ cluster, weight }) => ({ cluster, weight })) ?? [];
    return {
      weights,
      fence: Math.max(NO_FENCE, ...entries.map(({ fence }) => fence.fence)),
      isAlike: entries.every(({ slots }) => sameSplit(slots, weights)),
    };
  }

  /**
   * The same with other weights under a fence: the clusters in this order, others at 0 after them.
   *
   * @throws AdapterUnavailableError when the route, or a cluster in it, is not there, or its split would not be sticky.
   */
  with(route: string, weights: readonly ClusterWeight[], fence: number): RouteFile {
    const changed = this.entriesOf(route).map((entry) => changedEntry(this.path, route, entry, weights, fence));
    return new RouteFile(this.path, this.pieces, new Map([...this.entries, [route, changed]]), this.order);
  }

  get text(): string {
    let piece = 0;
    const parts: string[] = [];
    for (const [name, index, part] of this.order) {
      const entry = this.entries.get(name)?.[index];
      if (entry === undefined || 'trouble' in entry) continue;
      const ours =
        part === 'fence'
          ? [fenceText(entry.fence)]
          : entry.slots.map(({ before, weight, after }) => `${before}${String(weight)}${after}`);
      for (const one of ours) {
        parts.push(this.pieces[piece] ?? '', one);
        piece += 1;
      }
    }
    parts.push(this.pieces[piece] ?? '');
    return parts.join('');
  }

  private entriesOf(route: string): readonly Entry[] {
    const entries = this.entries.get(route);
    if (entries === undefined) {
      throw envoyFailure(`${this.path} has no route named ${route}`, {
        expected: `a route whose name is ${route}`,
        got: this.entries.size === 0 ? 'no named route' : `routes named ${someOf([...this.entries.keys()])}`,
        remedy: `Give the route its name (name: ${route}), or correct route: under services in headgate.yaml.`,
      });
    }
    return entries.map((entry) => {
      if ('trouble' in entry) throw entry.trouble;
      return entry;
    });
  }

  /** Whether its entries are written as nearly everybody writes them: then they can be changed without a trial. */
  private get isPlain(): boolean {
    const entries = [...this.entries.values()].flat();
    return entries.every((entry) => 'trouble' in entry || (entry.fence.isPlain && entry.slots.every(isOnOneLine)));
  }

  /** Which of these routes cannot be changed: of hundreds mostly none, so they are tried together first. */
  private unchangeable(routes: readonly string[]): readonly string[] {
    if (this.isChangeable(routes)) return [];
    if (routes.length === 1) return routes;
    const half = Math.ceil(routes.length / 2);
    return [...this.unchangeable(routes.slice(0, half)), ...this.unchangeable(routes.slice(half))];
  }

  /** Changes all that could be changed of these routes, for trial, and looks whether the file then says just that. */
  private isChangeable(routes: readonly string[]): boolean {
    const tried = new Set(routes);
    const changed = [...this.entries].map(
      ([route, entries]) => [route, tried.has(route) ? entries.map(changedForTrial) : entries] as const,
    );
    const trial = new RouteFile(this.path, this.pieces, new Map(changed), this.order);
    try {
      return isDeepStrictEqual(RouteFile.takeApart(this.path, trial.text, []).parts(), trial.parts());
    } catch {
      return false;
    }
  }

  /** What is ours and what stands between, alike whether a fence was there before or is one that we put there. */
  private parts(): readonly string[] {
    const parts: string[] = [];
    let between = '';
    let piece = 0;
    const nextPiece = (): string => this.pieces[piece++] ?? '';
    for (const [name, index, part] of this.order) {
      const entry = this.entries.get(name)?.[index];
      if (entry === undefined || 'trouble' in entry) continue;
      if (part === 'clusters') {
        for (const { cluster, before, weight, after } of entry.slots) {
          parts.push(between + nextPiece(), name, cluster, before, String(weight), after);
          between = '';
        }
        continue;
      }
      const { before, written, after } = entry.fence;
      between += nextPiece();
      if (written === null) continue;
      parts.push(between + before, name, written);
      between = after;
    }
    return [...parts, between + nextPiece()];
  }
}

function changedForTrial(entry: Entry | Closed): Entry | Closed {
  if ('trouble' in entry) return entry;
  const slots = entry.slots.map((item, index) => ({ ...item, weight: index + 1 })).reverse();
  return { ...entry, slots, fence: withFence(entry.fence, slots.length) };
}
