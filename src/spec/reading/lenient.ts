import type { z } from 'zod';
import type { Flaw } from './flaw.js';
import { flawsOf } from './issues.js';
import { formatPath, isAtOrBelow, type Path } from './path.js';
import { nearest } from './similar.js';

/** What could be read, and everything that could not. */
export interface Reading<Value> {
  /** What is left without the parts that cannot be read; `undefined` when nothing usable is. */
  readonly value: Value | undefined;
  readonly flaws: readonly Flaw[];
  /** Where something in `value` stood in the input: elements of lists that cannot be read are left out of `value`. */
  readonly originOf: (path: Path) => Path;
}

/** Every round leaves out at least one part, and few documents are wrong in ways that hide behind each other. */
const MAX_ROUNDS = 8;

/**
 * Reads as much as can be read, so that the rules about the whole can be applied although parts of it are wrong:
 * somebody who made five mistakes hears of five.
 *
 * @param standIns for keys at the top without which nothing could be read.
 */
export function readLeniently<Value>(
  schema: z.ZodType<Value>,
  input: unknown,
  standIns: Readonly<Record<string, unknown>> = {},
): Reading<Value> {
  const removed: Path[] = [];
  const flaws: Flaw[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const kept = new Map<string, readonly number[]>();
    const rest = without(input, removed, [], kept);
    const originOf = (path: Path): Path => translate(path, kept);
    const looked = removed.length === 0 ? rest : withStandIns(rest, standIns);
    const result = schema.safeParse(looked);
    if (result.success) return { value: result.data, flaws: withoutEchoes(flaws), originOf };
    const found = flawsOf(result.error.issues, looked).map((flaw) => ({ ...flaw, path: originOf(flaw.path) }));
    // What is said of a thing whose parts were left out, a list that is now empty, only follows from them.
    flaws.push(
      ...found.filter(({ path }) => !removed.some((gone) => isAtOrBelow(path, gone) || isAtOrBelow(gone, path))),
    );
    removed.push(...found.map(unusable));
    if (removed.some((path) => path.length === 0)) break;
  }
  return { value: undefined, flaws: withoutEchoes(flaws), originOf: (path) => path };
}

/** What must be left out because of `flaw`: where something is missing, the thing that it is missing in. */
function unusable({ rule, path }: Flaw): Path {
  return rule === 'required' && path.length > 1 ? path.slice(0, -1) : path;
}

function without(value: unknown, removed: readonly Path[], path: Path, kept: Map<string, readonly number[]>): unknown {
  if (Array.isArray(value)) {
    const indexes = value.map((_, index) => index).filter((index) => !isRemoved([...path, index], removed));
    kept.set(formatPath(path), indexes);
    return indexes.map((index) => without(value[index], removed, [...path, index], kept));
  }
  if (!isPlainMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isRemoved([...path, key], removed))
      .map(([key, below]) => [key, without(below, removed, [...path, key], kept)]),
  );
}

function isRemoved(path: Path, removed: readonly Path[]): boolean {
  return removed.some((gone) => gone.length === path.length && isAtOrBelow(path, gone));
}

function withStandIns(value: unknown, standIns: Readonly<Record<string, unknown>>): unknown {
  return isPlainMap(value) ? { ...standIns, ...value } : value;
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function translate(path: Path, kept: ReadonlyMap<string, readonly number[]>): Path {
  const origin: (string | number)[] = [];
  for (const part of path) {
    const index = typeof part === 'number' ? kept.get(formatPath(origin))?.[part] : undefined;
    origin.push(index ?? part);
  }
  return origin;
}

/** One mistake, one flaw: a key with a typo is not missing under its right name as well. */
function withoutEchoes(flaws: readonly Flaw[]): Flaw[] {
  return flaws.filter(
    (flaw) =>
      flaw.rule !== 'required' ||
      !flaws.some((other) => other.rule === 'keys.unknown' && isTypoOf(other.path, flaw.path)),
  );
}

function isTypoOf(written: Path, missing: Path): boolean {
  const name = String(missing.at(-1));
  return (
    written.length === missing.length &&
    isAtOrBelow(written, missing.slice(0, -1)) &&
    nearest(String(written.at(-1)), [name]) === name
  );
}
