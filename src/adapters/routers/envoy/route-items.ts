import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { AdapterUnavailableError } from '../../../domain/errors.js';
import type { ClusterWeight } from '../../envoy/served-routes.js';
import { envoyFailure } from './failure.js';
import { field, textOf, type RouteNodes } from './route-nodes.js';

/** One entry of `clusters` as it stands in the file, around its weight. */
export interface Item extends ClusterWeight {
  readonly before: string;
  readonly after: string;
}

/** A route that we cannot change: it matters only to those who want to. */
export interface Closed {
  readonly trouble: AdapterUnavailableError;
}

/** An entry, and where in the text it stands. */
export interface PlacedItem {
  readonly item: Item;
  readonly start: number;
  readonly end: number;
}

/** The entries of a route's `clusters`, in the order of the file. */
export function itemsOf(
  path: string,
  text: string,
  { name, clusters, shared }: RouteNodes,
): readonly PlacedItem[] | Closed {
  if (shared !== null) return { trouble: written(path, name, shared) };
  if (clusters === null) return { trouble: withoutSplit(path, name) };
  const items: PlacedItem[] = [];
  for (const node of clusters) {
    const item = itemOf(text, node);
    if (typeof item === 'string') return { trouble: unreadable(path, name, quoted(text, node), item) };
    if (items.some((other) => other.item.cluster === item.item.cluster))
      return { trouble: unreadable(path, name, quoted(text, node), 'Name each cluster once.') };
    items.push(item);
  }
  return items;
}

/** What to do where it cannot be read. */
function itemOf(text: string, node: Node): PlacedItem | string {
  if (isAlias(node)) return 'Write the entry itself in place of the alias.';
  const cluster = textOf(field(node, 'name'));
  const weight = field(node, 'weight');
  if (field(node, 'cluster_header') !== undefined) return 'Name a cluster in place of cluster_header.';
  if (!isMap(node) || cluster === undefined || cluster === '') return 'Write the name of the cluster.';
  if (node.anchor !== undefined || (isScalar(weight) && weight.anchor !== undefined))
    return 'Take the anchor away: what refers to it would change, too.';
  if (!isScalar(weight) || !isWeight(weight.value)) return 'Write its weight as a whole number, 0 where it has none.';
  const [start, flowEnd] = rangeOf(node);
  const end = node.flow === true ? flowEnd : withComment(text, endOf(node));
  const [from, to] = rangeOf(weight);
  const around = { before: text.slice(start, from), after: text.slice(to, end) };
  return { item: { cluster, weight: Number(weight.value), ...around }, start, end };
}

function withoutSplit(path: string, route: string): AdapterUnavailableError {
  return envoyFailure(`the route ${route} of ${path} has no weighted_clusters`, {
    expected: `weighted_clusters that names both clusters, one at 100000 and one at 0, in every entry named ${route}`,
    got: 'another action',
    remedy: `Write the split by hand once, as docs/envoy.md shows. An entry that shall not be split needs another name.`,
  });
}

function written(path: string, route: string, part: string): AdapterUnavailableError {
  return envoyFailure(`the ${part} of the route ${route} of ${path} stands at another place of the file, too`, {
    expected: 'weighted_clusters and metadata of its own',
    got: 'an alias, or an anchor that an alias refers to',
    remedy: `Write ${part} itself in place of the alias.`,
  });
}

function unreadable(path: string, route: string, got: string, remedy: string): AdapterUnavailableError {
  return envoyFailure(`the route ${route} of ${path} has an entry that cannot be read`, {
    expected: '{ name: CLUSTER, weight: NUMBER }, once per cluster, without anchors',
    got,
    remedy,
  });
}

function quoted(text: string, node: Node): string {
  const [start, end] = rangeOf(node);
  return text.slice(start, Math.min(end, start + 80)).trim();
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

/** The entry that stands in the text there, one of these but for its weight. */
export function itemAt(
  text: string,
  at: number,
  candidates: readonly Item[],
): { was: Item; is: Item; end: number } | null {
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

/** As nearly everybody writes it; `#`, `&`, `*` and `!` may mean more than they seem to. */
export function isOnOneLine({ before, after }: Item): boolean {
  return before.startsWith('{') && !`${before}${after}`.includes('\n') && !/[&*!#]/.test(`${before}${after}`);
}
