import { readFileSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { Batches } from '../../files/batches.js';
import { swapFile, syncFolderOf } from '../../files/replace-file.js';
import type { WriteLimits } from '../../ports/traffic-router.js';
import { isLate, refuseLate } from '../late.js';
import { LockMemory, takeLock, type HeldLock } from './file-lock.js';

/** How a text is taken apart and put together again. */
export interface Format<Document> {
  parse(path: string, text: string): Document;
  print(document: Document): string;
}

/** A text as it is. */
export const PLAIN: Format<string> = { parse: (_, text) => text, print: (text) => text };

export interface Edit<Document> {
  /** Does what has to be done while nobody else writes, before it is known what becomes of the document; once per lock. */
  readonly prepare?: (document: Document, lock: HeldLock) => Promise<void>;
  /** May be called more than once. What it throws keeps this edit alone from being made. */
  readonly apply: (document: Document) => Document;
}

/** An edit that is in the file. */
export interface Written {
  /** Settles when it is there for good, also after a power cut: `null`, or what is in the way of that. Never rejects. */
  readonly kept: Promise<Error | null>;
}

/** What is thrown where a file cannot be edited. */
export interface FileTroubles {
  readonly unreadable: (path: string, error: unknown) => Error;
  readonly unlockable: (path: string, error: unknown) => Error;
  readonly unwritable: (path: string, error: unknown) => Error;
  /** Others, who ask for no lock, write it all the time. */
  readonly contended: (path: string, attempts: number) => Error;
}

export interface SharedFileOptions {
  /** How long to wait for the lock at most. @default until it is free, or left behind */
  readonly lockTimeoutMs?: number;
  /** Whoever watches the file hears of every edit, also of one that changes nothing. @default false */
  readonly writesUnchanged?: boolean;
  /** @default the error of the file system */
  readonly troubles?: FileTroubles;
}

type Change<Document> = Edit<Document> & Pick<WriteLimits, 'notAfterMs'>;

/** How often it begins anew because somebody else has written meanwhile. */
const ATTEMPTS = 20;

const AS_THEY_ARE: FileTroubles = {
  unreadable: (_, error) => asError(error),
  unlockable: (_, error) => asError(error),
  unwritable: (_, error) => asError(error),
  contended: (path, attempts) => new Error(`${path} was written by others during ${String(attempts)} attempts`),
};

const UNCHANGED: Written = { kept: Promise.resolve(null) };

/**
 * A file that other processes read and change too: one edit at a time, and readers see the old text or the new one, never
 * half of it. Mode and owner stay.
 *
 * What this process asks for while it writes is written together afterwards: five hundred rollouts that are stopped at once
 * are two writes, not five hundred.
 */
export class SharedFile<Document> {
  private readonly memory = new LockMemory();
  private readonly changes = new Batches<Change<Document>, Written>((changes) => this.write(changes));
  private readonly troubles: FileTroubles;
  private count = 0;

  constructor(
    /** A link is followed, not replaced. */
    readonly path: string,
    private readonly format: Format<Document>,
    private readonly options: SharedFileOptions = {},
  ) {
    this.troubles = options.troubles ?? AS_THEY_ARE;
  }

  get isBeingWritten(): boolean {
    return this.changes.isWorking;
  }

  /** How often it was written. */
  get writes(): number {
    return this.count;
  }

  /**
   * Resolves when the file says so.
   *
   * @throws Error from the file system, from `edit`, when its time is over, or when the lock cannot be had in time.
   */
  edit(edit: Edit<Document>, { signal, notAfterMs }: WriteLimits = {}): Promise<Written> {
    return this.changes.add({ ...edit, notAfterMs }, signal);
  }

  /** What it says now, and where it really is. */
  async read(): Promise<{ readonly path: string; readonly document: Document }> {
    const path = await this.locate();
    return { path, document: (await this.readAt(path)).document };
  }

  private locate(): Promise<string> {
    return realpath(this.path).catch((error: unknown) => {
      throw this.troubles.unreadable(this.path, error);
    });
  }

  private async readAt(path: string): Promise<{ readonly text: string; readonly document: Document }> {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw this.troubles.unreadable(path, error);
    });
    return { text, document: this.format.parse(path, text) };
  }

  private async write(changes: readonly Change<Document>[]): Promise<readonly PromiseSettledResult<Written>[]> {
    const { lockTimeoutMs: timeoutMs = Infinity } = this.options;
    const path = await this.locate();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const lock = await takeLock(`${path}.lock`, { timeoutMs, memory: this.memory }).catch((error: unknown) => {
        throw this.troubles.unlockable(`${path}.lock`, error);
      });
      try {
        const outcomes = await this.writeUnder(lock, path, changes);
        if (outcomes !== null) return outcomes;
      } finally {
        lock.release();
      }
    }
    throw this.troubles.contended(path, ATTEMPTS);
  }

  /** `null` when somebody else has written it, or taken the lock, meanwhile, or when the time of a change is over. */
  private async writeUnder(
    lock: HeldLock,
    path: string,
    changes: readonly Change<Document>[],
  ): Promise<readonly PromiseSettledResult<Written>[] | null> {
    const before = await this.readAt(path);
    const prepared = await Promise.allSettled(changes.map(async ({ prepare }) => prepare?.(before.document, lock)));
    let { document } = before;
    const refusals = changes.map(({ apply, notAfterMs }, index): PromiseRejectedResult | null => {
      const ready = prepared[index];
      if (ready?.status === 'rejected') return ready;
      try {
        refuseLate(notAfterMs);
        document = apply(document);
        return null;
      } catch (reason) {
        return { status: 'rejected', reason };
      }
    });
    const settled = (value: Written): readonly PromiseSettledResult<Written>[] =>
      refusals.map((refusal) => refusal ?? { status: 'fulfilled', value });
    const made = changes.filter((_, index) => refusals[index] === null);
    if (made.length === 0) return settled(UNCHANGED);
    const text = this.format.print(document);
    if (text === before.text && this.options.writesUnchanged !== true) return settled(UNCHANGED);
    const mayReplace = (): boolean =>
      lock.isOurs() && readFileSync(path, 'utf8') === before.text && !made.some(({ notAfterMs }) => isLate(notAfterMs));
    const isReplaced = await swapFile(path, text, mayReplace).catch((error: unknown) => {
      throw this.troubles.unwritable(path, error);
    });
    if (!isReplaced) return null;
    this.count += 1;
    // Who reads the file takes it up meanwhile, and the next one may write.
    return settled({ kept: syncFolderOf(path).then(() => null, asError) });
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('something else than an error was thrown', { cause: thrown });
}
