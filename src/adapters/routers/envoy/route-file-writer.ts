import { constants } from 'node:fs';
import { access, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WriteLimits } from '../../../ports/traffic-router.js';
import type { ClusterWeight } from '../../envoy/served-routes.js';
import { sharedLook } from '../../envoy/shared-look.js';
import { takeLock } from '../../files/file-lock.js';
import { isLate, refuseLate } from '../../late.js';
import { envoyFailure } from './failure.js';
import { replace, unlockable, unreadable, unwritable } from './replace-file.js';
import { RouteFile } from './route-file.js';

/** One route that shall be split otherwise. */
interface Change {
  readonly route: string;
  readonly weights: readonly ClusterWeight[];
  readonly notAfterMs: number | undefined;
  settle(failure: Error | null): void;
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
  private readonly lastWritten = new Map<string, readonly ClusterWeight[]>();
  private count = 0;
  /** Hundreds who ask in the same moment are one look. */
  private readonly look = sharedLook(() => this.lookAtFile());

  constructor(private readonly path: string) {}

  /**
   * Resolves when the file says so. Of several changes of one route that wait together the newest is written, for all.
   *
   * @throws AdapterUnavailableError when it cannot be read, understood or written; it is left as it was then.
   */
  async write(
    route: string,
    weights: readonly ClusterWeight[],
    { signal, notAfterMs }: WriteLimits = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const change: Change = {
        route,
        weights,
        notAfterMs,
        settle(failure) {
          signal?.removeEventListener('abort', giveUp);
          if (failure === null) resolve();
          else reject(failure);
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
      (await this.look()).weightsOf(route);
      return null;
    } catch (error) {
      return asError(error);
    }
  }

  /** What was written last, in the order in which it stands there. */
  written(route: string): readonly ClusterWeight[] | undefined {
    return this.lastWritten.get(route);
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
      const failures = await this.writeBatch(batch).catch((error: unknown) => batch.map(() => asError(error)));
      batch.forEach((change, index) => change.settle(failures[index] ?? null));
    }
    this.writing = false;
  }

  /** What became of each change: `null`, or why it could not be made. */
  private async writeBatch(batch: readonly Change[]): Promise<readonly (Error | null)[]> {
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
        if (failures.every((failure) => failure !== null)) return failures;
        const isOverdue = (): boolean =>
          batch.some(({ notAfterMs }, index) => failures[index] === null && isLate(notAfterMs));
        if (!(await replace(path, before.text, file.text, lock, isOverdue))) continue;
        this.remember(file, batch, failures);
        return failures;
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

  private remember(file: RouteFile, batch: readonly Change[], failures: readonly (Error | null)[]): void {
    this.known = { text: file.text, file };
    this.count += 1;
    for (const [index, { route }] of batch.entries())
      if (failures[index] === null) this.lastWritten.set(route, file.weightsOf(route));
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
  const failures = batch.map(({ route, weights, notAfterMs }) => {
    try {
      refuseLate(notAfterMs);
      result = result.with(route, weights);
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
