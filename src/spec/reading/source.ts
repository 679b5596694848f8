import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type ErrorCode,
  type Node,
  type YAMLError,
} from 'yaml';
import type { SourcePosition } from '../../domain/errors.js';
import type { Flaw } from './flaw.js';
import type { Path } from './path.js';
import type { PlacedFlaw } from './refusal.js';

/** One document of a file, with the way back to its lines. */
export interface SourceDocument {
  /** Plain data; `undefined` when the document cannot be read at all. */
  readonly value: unknown;
  readonly flaws: readonly PlacedFlaw[];
  /** Of what stands at `path`, or of the nearest thing around it. */
  readonly positionOf: (path: Path, onKey?: boolean) => SourcePosition;
}

/** Reads YAML of one or more documents; JSON is YAML too. */
export function readSource(text: string, file: string): SourceDocument[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' });
  const documents = 'empty' in parsed ? [] : parsed;
  const place = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  return documents.filter((document) => !isBlank(document)).map((document) => sourceDocument(document, text, place));
}

function isBlank(document: Document.Parsed): boolean {
  const { contents, errors } = document;
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

function sourceDocument(
  document: Document.Parsed,
  text: string,
  place: (offset: number) => SourcePosition,
): SourceDocument {
  keepVersionAsWritten(document);
  const flaws = document.errors.map((error): PlacedFlaw => ({ ...flawOf(error, text), at: place(error.pos[0]) }));
  const broken = flaws.some(({ rule }) => rule === 'yaml.syntax');
  const read = broken ? { value: undefined } : plainData(document);
  const unreadable = 'trouble' in read ? [{ ...read.trouble, at: place(document.range[0]) }] : [];
  return {
    value: 'value' in read ? read.value : undefined,
    flaws: [...flaws, ...unreadable],
    positionOf: (path, onKey = false) => place(offsetOf(document, path, onKey)),
  };
}

const KEY_AND_VALUE = 'Write key: value, with a space after the colon';

const REMEDIES: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'Indent with spaces',
  MULTILINE_IMPLICIT_KEY: KEY_AND_VALUE,
  BLOCK_AS_IMPLICIT_KEY: 'Put a value that has a colon in it into quotes, or begin a new line',
  BLOCK_IN_FLOW: 'Put commas between what stands in { } and [ ]',
};

function flawOf({ code, message, pos: [offset] }: YAMLError, text: string): Flaw {
  if (code === 'DUPLICATE_KEY') {
    const [key = ''] = /^[^\s:]*/.exec(text.slice(offset, offset + 100)) ?? [];
    return {
      rule: 'yaml.duplicate',
      path: [],
      message: 'The same key stands here twice',
      got: key,
      remedy: 'Keep one',
    };
  }
  const from = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(from, offset).concat(/^.*/.exec(text.slice(offset))?.[0] ?? '');
  const remedy = message.startsWith('Implicit map keys') ? KEY_AND_VALUE : REMEDIES[code];
  const noBreak = line.includes('\u00a0') ? 'Replace the no-break space (U+00A0) in this line by a space' : undefined;
  return { rule: 'yaml.syntax', path: [], message, remedy: noBreak ?? remedy };
}

/** `version: 2.10` is version 2.10, not the number 2.1. */
function keepVersionAsWritten(document: Document.Parsed): void {
  const node: unknown = isMap(document.contents) ? document.contents.get('version', true) : undefined;
  if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) node.value = node.source;
}

function plainData(document: Document.Parsed): { value: unknown } | { trouble: Flaw } {
  try {
    return { value: document.toJS() as unknown };
  } catch (error) {
    // An alias without its anchor, or aliases that would explode.
    if (!(error instanceof ReferenceError)) throw error;
    return { trouble: { rule: 'yaml.alias', path: [], message: error.message } };
  }
}

function offsetOf(document: Document.Parsed, path: Path, onKey: boolean): number {
  let node: Node | null = document.contents;
  let offset = node?.range?.[0] ?? document.range[0];
  for (const [depth, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    if (isSeq(node)) {
      const item: unknown = typeof part === 'number' ? node.items[part] : undefined;
      node = isNode(item) ? item : null;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return offset;
      const key = isNode(pair.key) ? pair.key : null;
      node = isNode(pair.value) ? pair.value : null;
      if (onKey && depth === path.length - 1) return key?.range?.[0] ?? offset;
      offset = key?.range?.[0] ?? offset;
    } else return offset;
    offset = node?.range?.[0] ?? offset;
  }
  return offset;
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}
