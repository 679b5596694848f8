import { mkdir, open, readdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Journal, JournalEntry, JournalFilter } from '../../ports/journal.js';

export interface FileJournalOptions {
  /** Holds one `<service>.jsonl` per service; made when missing. */
  readonly directory: string;
}

const EXTENSION = '.jsonl';
const NEWLINE = 0x0a;

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
        [...byService(entries)].map(([service, batch]) => appendBatch(directory, fileOf(service), batch)),
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

async function appendBatch(directory: string, file: string, entries: readonly JournalEntry[]): Promise<void> {
  const handle = await open(join(directory, file), 'a+');
  try {
    const { size } = await handle.stat();
    const torn = size > 0 && (await lastByte(handle, size)) !== NEWLINE;
    const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
    const batch = Buffer.from(`${torn ? '\n' : ''}${lines}`);
    const { bytesWritten } = await handle.write(batch);
    if (bytesWritten !== batch.length) {
      throw new Error(
        `Only ${String(bytesWritten)} of ${String(batch.length)} bytes fitted into ${join(directory, file)}`,
      );
    }
    await handle.sync();
    if (size === 0) await syncDirectory(directory);
  } finally {
    await handle.close();
  }
}

async function lastByte(handle: FileHandle, size: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 ? buffer[0] : undefined;
}

/** A new file's name is lost in a crash of the machine unless its directory is on disk too. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readEntries(path: string): Promise<readonly JournalEntry[]> {
  const text = await readFile(path, 'utf8').catch(emptyWhenMissing(''));
  return text.split('\n').flatMap(parseLine);
}

async function journalFiles(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(emptyWhenMissing<string[]>([]));
  return names.filter((name) => name.endsWith(EXTENSION));
}

function parseLine(line: string): readonly JournalEntry[] {
  try {
    const value = JSON.parse(line) as Partial<JournalEntry> | null;
    return typeof value?.id === 'string' && typeof value.at === 'string' ? [value as JournalEntry] : [];
  } catch {
    return [];
  }
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

function emptyWhenMissing<Value>(empty: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return empty;
    throw error;
  };
}
