/** Where a value stands in a JSON document, as RFC 6901 writes it in a URL's fragment: `#/data/0/depth`. */
export interface JsonPlace {
  /** The query without its pointer. */
  readonly path: string;
  readonly tokens: readonly string[];
}

/** `undefined` when what follows `#` is no JSON pointer. */
export function placeIn(query: string): JsonPlace | undefined {
  const hash = query.indexOf('#');
  const [path, pointer] = hash === -1 ? [query, ''] : [query.slice(0, hash), query.slice(hash + 1)];
  try {
    const tokens = tokensOf(pointer, decodeURIComponent);
    return tokens === undefined ? undefined : { path, tokens };
  } catch {
    return undefined;
  }
}

/** The parts of a JSON pointer, e.g. of `/data/0/depth`; `undefined` when it is none. */
export function tokensOf(pointer: string, decode = (token: string) => token): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  const tokens = pointer.slice(1).split('/').map(decode);
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `undefined` where nothing stands. */
export function valueAt(document: unknown, tokens: readonly string[]): unknown {
  let value = document;
  for (const token of tokens) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[token];
  }
  return value;
}
