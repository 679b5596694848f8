import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { appendLines, emptyWhenMissing, readLines } from '../files/append-only.js';
import type { Journal, JournalEntry, JournalFilter } from '../../ports/journal.js';

export interface FileJournalOptions {
  /** Holds one `<service>.jsonl` per service; made when missing. */
  readonly directory: string;
}

const EXTENSION = '.jsonl';

/**
 * A journal in append-only files, one JSON document a line.
 *
 * Several processes may append at once: a batch is one write in append mode. A process that dies in the middle of one
 * leaves a torn line, which the next batch does not continue and which reading skips.
 */
export function createFileJournal({ directory }: FileJournalOptions): Journal {
  return {
    async append(entries) {
      await mkdir(directory, { recursive: true });
      await Promise.all(
        [...byService(entries)].map(([service, batch]) => appendLines(join(directory, fileOf(service)), batch)),
      );
    },
    async read(filter) {
      const files = filter.service === undefined ? await journalFiles(directory) : [fileOf(filter.service)];
      const journals = await Promise.all(files.map((file) => readEntries(join(directory, file))));
      const entries = withoutRepeats(journals.flat()).filter((entry) => isAskedFor(entry, filter));
      // Within a file the order of writing counts; between files only the time can tell.
      const ordered = files.length > 1 ? entries.sort((a, b) => a.at.localeCompare(b.at)) : entries;
      return filter.limit === undefined ? ordered : ordered.slice(Math.max(0, ordered.length - filter.limit));
    },
  };
}

async function readEntries(path: string): Promise<readonly JournalEntry[]> {
  return (await readLines(path)).filter(isEntry);
}

async function journalFiles(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(emptyWhenMissing<string[]>([]));
  return names.filter((name) => name.endsWith(EXTENSION));
}

function isEntry(value: unknown): value is JournalEntry {
  const { id, at } = (value ?? {}) as Partial<JournalEntry>;
  return typeof id === 'string' && typeof at === 'string';
}

function withoutRepeats(entries: readonly JournalEntry[]): JournalEntry[] {
  const seen = new Set<string>();
  return entries.filter(({ id }) => !seen.has(id) && seen.add(id));
}

function isAskedFor(entry: JournalEntry, { service, rolloutId }: JournalFilter): boolean {
  return (
    (service === undefined || entry.service === service) && (rolloutId === undefined || entry.rolloutId === rolloutId)
  );
}

function byService(entries: readonly JournalEntry[]): ReadonlyMap<string, readonly JournalEntry[]> {
  const batches = new Map<string, JournalEntry[]>();
  for (const entry of entries) {
    const batch = batches.get(entry.service);
    if (batch === undefined) batches.set(entry.service, [entry]);
    else batch.push(entry);
  }
  return batches;
}

/** A service's name may hold anything; a file's may not. */
function fileOf(service: string): string {
  return `${encodeURIComponent(service)}${EXTENSION}`;
}
