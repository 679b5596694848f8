import { isAlias, isMap, isScalar, Scalar, type Node, type YAMLMap } from 'yaml';
import { isFence, NO_FENCE } from '../../../domain/traffic/fence.js';
import { field } from './route-nodes.js';

/** Where the fence of a route stands in the text: a number, or the place where one can be written. */
export interface FenceSlot {
  /** What is written around the number when there is none yet. */
  readonly before: string;
  readonly after: string;
  /** As it stands there; `null`: nothing does. */
  readonly written: string | null;
  readonly fence: number;
  /** Whether it stands as nearly everybody writes it: then it can be written without a trial. */
  readonly isPlain: boolean;
}

/** A slot, and the part of the text that it takes now. */
export interface PlacedFence {
  readonly slot: FenceSlot;
  readonly start: number;
  readonly end: number;
}

/** The route's metadata, where Envoy lets others keep what it does not read itself: see docs/envoy.md. */
const PATH = ['metadata', 'filter_metadata', 'headgate', 'fence'] as const;

/** `null` where none stands and none can be written without touching something else. */
export function fenceOf(text: string, entry: YAMLMap): PlacedFence | null {
  let map = entry;
  let mapKey: Node | null = null;
  for (const [depth, name] of PATH.entries()) {
    const value = field(map, name);
    if (value === undefined)
      return mapKey === null ? besideName(text, entry) : asFirst(text, mapKey, map, PATH.slice(depth));
    if (depth === PATH.length - 1) return present(text, value);
    if (!isMap(value)) return null;
    mapKey = keyOf(map, value);
    if (mapKey === null) return null;
    map = value;
  }
  return null;
}

/** What the text says there. */
export function fenceText({ before, written, after }: FenceSlot): string {
  return written === null ? '' : `${before}${written}${after}`;
}

export function withFence(slot: FenceSlot, fence: number): FenceSlot {
  return { ...slot, written: String(fence), fence };
}

/** The slot as another text has it there; `null` when that says something else. */
export function fenceAt(text: string, at: number, slot: FenceSlot): { is: FenceSlot; end: number } | null {
  if (text.startsWith(slot.before, at)) {
    const digits = /\d+/y;
    digits.lastIndex = at + slot.before.length;
    const [written] = digits.exec(text) ?? [];
    if (written !== undefined && text.startsWith(slot.after, digits.lastIndex))
      return { is: withFence(slot, Number(written)), end: digits.lastIndex + slot.after.length };
  }
  const isAbsent = slot.before !== '' && !text.startsWith(slot.before, at);
  return isAbsent ? { is: { ...slot, written: null, fence: NO_FENCE }, end: at } : null;
}

/** Ours is what stands there, whatever somebody has made of it: what is no fence counts as none. */
function present(text: string, value: Node): PlacedFence | null {
  if (!isScalar(value) || value.anchor !== undefined || value.tag !== undefined) return null;
  if (value.type === Scalar.BLOCK_FOLDED || value.type === Scalar.BLOCK_LITERAL) return null;
  const [start, end] = rangeOf(value);
  const written = text.slice(start, end);
  // Nothing stands behind the colon.
  if (written === '') return null;
  // Envoy itself makes a text of a large number when it reads YAML.
  const number = typeof value.value === 'string' && /^\d+$/.test(value.value) ? Number(value.value) : value.value;
  const slot = { before: '', after: '', written, fence: isFence(number) ? number : NO_FENCE, isPlain: true };
  return { slot, start, end };
}

/** On a line of its own under the name, or behind it between braces. */
function besideName(text: string, entry: YAMLMap): PlacedFence | null {
  const name = field(entry, 'name');
  const key = name === undefined ? null : keyOf(entry, name);
  if (name === undefined || key === null || isAlias(name)) return null;
  const [, valueEnd] = rangeOf(name);
  const prefix = prefixOf(text, rangeOf(key)[0]);
  if (entry.flow === true) {
    // A list that has a line for each key goes on to have one.
    const gap = /^[ \t]*$/.test(prefix) ? `${lineEndOf(text, valueEnd)}${prefix}` : ' ';
    return absent(valueEnd, `,${gap}`, '', PATH, isQuoted(key));
  }
  const lineEnd = endOfLine(text, valueEnd);
  if (!/^ *(?:- +)*$/.test(prefix) || !/^[ \t]*(?:#.*)?$/.test(text.slice(valueEnd, lineEnd))) return null;
  return absent(lineEnd, `${lineEndOf(text, lineEnd)}${' '.repeat(prefix.length)}`, '', PATH, false);
}

/** Before what is there already, in the form that it has; under the comments of others stays what they are about. */
function asFirst(text: string, mapKey: Node, map: YAMLMap, path: readonly string[]): PlacedFence | null {
  const first = (map.items[0]?.key ?? null) as Node | null;
  const [mapStart] = rangeOf(map);
  if (map.flow === true) {
    return withTrial(absent(mapStart + 1, ' ', first === null ? ' ' : ',', path, isQuoted(mapKey)));
  }
  const [, keyEnd] = rangeOf(mapKey);
  const lineEnd = endOfLine(text, keyEnd);
  const prefix = first === null ? null : prefixOf(text, rangeOf(first)[0]);
  if (prefix === null || !/^ +$/.test(prefix) || !/^\s*:\s*(?:#.*)?$/.test(text.slice(keyEnd, lineEnd))) return null;
  return withTrial(absent(lineEnd, `${lineEndOf(text, lineEnd)}${prefix}`, '', path, false));
}

function absent(at: number, lead: string, tail: string, path: readonly string[], isJson: boolean): PlacedFence {
  const quote = isJson ? '"' : '';
  const keys = path.map((key) => `${quote}${key}${quote}: `);
  const before = `${lead}${keys.join('{ ')}`;
  const after = `${' }'.repeat(path.length - 1)}${tail}`;
  return { slot: { before, after, written: null, fence: NO_FENCE, isPlain: true }, start: at, end: at };
}

function withTrial(placed: PlacedFence): PlacedFence {
  return { ...placed, slot: { ...placed.slot, isPlain: false } };
}

function keyOf(map: YAMLMap, value: Node): Node | null {
  return (map.items.find((pair) => pair.value === value)?.key ?? null) as Node | null;
}

function isQuoted(key: Node): boolean {
  return isScalar(key) && key.type === Scalar.QUOTE_DOUBLE;
}

/** What stands before it on its line. */
function prefixOf(text: string, at: number): string {
  return text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
}

/** Where the line ends, before what ends it. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end === -1) return text.length;
  return text[end - 1] === '\r' && end > from ? end - 1 : end;
}

/** What ends the lines of this text. */
function lineEndOf(text: string, near: number): string {
  const end = text.indexOf('\n', near);
  const last = end === -1 ? text.lastIndexOf('\n') : end;
  return last > 0 && text[last - 1] === '\r' ? '\r\n' : '\n';
}

function rangeOf(node: Node): readonly [start: number, end: number] {
  const [start, end] = node.range ?? [0, 0];
  return [start, end];
}
