import { constants, readFileSync } from 'node:fs';
import { access, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FencedWrite } from '../../../domain/traffic/fence.js';
import { swapFile, syncFolderOf } from '../../../files/replace-file.js';
import type { WriteLimits } from '../../../ports/traffic-router.js';
import { sameSplit, type ClusterWeight } from '../../envoy/served-routes.js';
import { sharedLook } from '../../shared-look.js';
import { takeLock, type HeldLock } from '../../files/file-lock.js';
import { isLate, refuseLate } from '../../late.js';
import { hasToBeMade } from '../told.js';
import { envoyFailure, unlockable, unreadable, unwritable } from './failure.js';
import { RouteFile } from './route-file.js';

/** One route that shall be split otherwise. */
export interface RouteWrite extends FencedWrite {
  readonly route: string;
  readonly weights: readonly ClusterWeight[];
}

/** A write that is in the file. */
export interface Written {
  /** Settles when it is there for good, also after a power cut: `null`, or what is in the way of that. Never rejects. */
  readonly kept: Promise<Error | null>;
}

interface Change extends RouteWrite {
  readonly notAfterMs: number | undefined;
  settle(outcome: Written | Error): void;
}

/** How often it begins anew because somebody else has written meanwhile. */
const ATTEMPTS = 20;

/**
 * The one who writes an RDS file. Changes that come while it writes wait together and become one write: five hundred
 * rollouts that are stopped at once are two writes, not five hundred.
 */
export class RouteFileWriter {
  private waiting: Change[] = [];
  private writing = false;
  /** The text that was read or written last, taken apart: taking apart is the slow part. */
  private known: { readonly text: string; readonly file: RouteFile } | null = null;
  private count = 0;
  /** Hundreds who ask in the same moment are one look. */
  private readonly look = sharedLook(() => this.lookAtFile());

  constructor(private readonly path: string) {}

  /**
   * Resolves when the file says so. Several changes of one route that wait together are made one after the other, each by
   * the fence that it finds.
   *
   * @throws StaleInstance when the file bears a fence that it may not replace.
   * @throws AdapterUnavailableError when it cannot be read, understood or written; it is left as it was then.
   */
  async write(write: RouteWrite, { signal, notAfterMs }: WriteLimits = {}): Promise<Written> {
    signal?.throwIfAborted();
    return new Promise<Written>((resolve, reject) => {
      const change: Change = {
        ...write,
        notAfterMs,
        settle(outcome) {
          signal?.removeEventListener('abort', giveUp);
          if (outcome instanceof Error) reject(outcome);
          else resolve(outcome);
        },
      };
      const giveUp = (): void => {
        this.waiting = this.waiting.filter((one) => one !== change);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.waiting.push(change);
      if (!this.writing) void this.writeAll();
    });
  }

  /**
   * Why a route could not be written if it had to be; `null` when it could, or when a write is under way: that tells it.
   *
   * It takes the file apart, which of hundreds of routes takes a tenth of a second that a rollback should not wait for.
   */
  async whyNotWritable(route: string): Promise<Error | null> {
    if (this.writing) return null;
    try {
      (await this.look()).whatItSays(route);
      return null;
    } catch (error) {
      return asError(error);
    }
  }

  /**
   * The file as it is, where it can be written.
   *
   * @throws AdapterUnavailableError when it cannot be read, understood or written.
   */
  file(): Promise<RouteFile> {
    return this.look();
  }

  /** How often the file was written. */
  get writes(): number {
    return this.count;
  }

  private async lookAtFile(): Promise<RouteFile> {
    const path = await realpath(this.path).catch((error: unknown) => {
      throw unreadable(this.path, error);
    });
    const { file } = await this.read(path);
    // A new file takes its place, so the folder is what must be writable.
    await access(dirname(path), constants.W_OK).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    return file;
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    // What is asked for in the same moment waits together from the beginning.
    await Promise.resolve();
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      const outcomes = await this.writeBatch(batch).catch((error: unknown) => batch.map(() => asError(error)));
      for (const [index, change] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome !== undefined) change.settle(outcome);
      }
    }
    this.writing = false;
  }

  /** What became of each change. */
  private async writeBatch(batch: readonly Change[]): Promise<readonly (Written | Error)[]> {
    const path = await realpath(this.path).catch((error: unknown) => {
      throw unreadable(this.path, error);
    });
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const lock = await takeLock(`${path}.lock`).catch((error: unknown) => {
        throw unlockable(`${path}.lock`, error);
      });
      try {
        const before = await this.read(path);
        const { file, failures } = changed(before.file, batch);
        const made = batch.filter((_, index) => failures[index] === null);
        if (made.length === 0) return failures.flatMap((failure) => failure ?? []);
        if (!(await this.replace(path, before.text, file, lock, made))) continue;
        // Envoy takes it up meanwhile, and the next one may write.
        const written: Written = { kept: syncFolderOf(path).then(() => null, asError) };
        return failures.map((failure) => failure ?? written);
      } finally {
        lock.release();
      }
    }
    throw envoyFailure(`${path} could not be written: others write it all the time`, {
      expected: 'a moment in which nobody else writes it',
      got: `${String(ATTEMPTS)} attempts in vain`,
      remedy: 'See who writes it: only Headgate and people should.',
    });
  }

  /**
   * Also when nothing is new, an Envoy that missed the last move hears of this one.
   *
   * @returns false when somebody else has written it, or taken the lock, meanwhile, or when the time of a change is over.
   */
  private async replace(
    path: string,
    before: string,
    file: RouteFile,
    lock: HeldLock,
    made: readonly Change[],
  ): Promise<boolean> {
    const { text } = file;
    const mayReplace = (): boolean =>
      lock.isOurs() && readFileSync(path, 'utf8') === before && !made.some(({ notAfterMs }) => isLate(notAfterMs));
    const isReplaced = await swapFile(path, text, mayReplace).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    if (!isReplaced) return false;
    this.known = { text, file };
    this.count += 1;
    return true;
  }

  private async read(path: string): Promise<{ readonly text: string; readonly file: RouteFile }> {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (this.known?.text === text) return this.known;
    const file = this.known?.file.withTextOf(text) ?? RouteFile.parse(path, text);
    this.known = { text, file };
    return this.known;
  }
}

function changed(file: RouteFile, batch: readonly Change[]): { file: RouteFile; failures: readonly (Error | null)[] } {
  let result = file;
  const failures = batch.map(({ route, weights, notAfterMs, ...write }) => {
    try {
      refuseLate(notAfterMs);
      const says = result.whatItSays(route);
      const isWanted = says.isAlike && sameSplit(says.weights, weights);
      if (hasToBeMade(write, says.fence, isWanted)) result = result.with(route, weights, write.fence);
      return null;
    } catch (error) {
      return asError(error);
    }
  });
  return { file: result, failures };
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('something else than an error was thrown', { cause: thrown });
}
