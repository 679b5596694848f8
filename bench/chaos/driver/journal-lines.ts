import type { JournalLine } from '../timeline/timeline.js';

interface Entry {
  readonly id?: unknown;
  readonly rolloutId?: unknown;
  readonly kind?: unknown;
  readonly number?: unknown;
  readonly what?: unknown;
}

/** Reads lines of the journal's files; one that a dying process has torn is none. */
export function journalLines(lines: readonly string[]): readonly JournalLine[] {
  return lines.flatMap((line) => {
    const entry = parsed(line);
    if (entry === null || typeof entry.id !== 'string' || typeof entry.rolloutId !== 'string') return [];
    const { id, rolloutId, kind, what } = entry;
    return [{ id, rolloutId, kind: String(kind), number: numberOf(entry), text: String(what) }];
  });
}

/** Of its own, or the last part of its id. */
function numberOf({ id, number }: Entry): number | null {
  if (typeof number === 'number') return number;
  const last = /[#/:](\d+)$/.exec(String(id))?.[1];
  return last === undefined ? null : Number(last);
}

function parsed(line: string): Entry | null {
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return null;
  }
}
