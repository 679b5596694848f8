import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FencedWrite } from '../../../domain/traffic/fence.js';
import type { WriteLimits } from '../../../ports/traffic-router.js';
import { sameSplit, type ClusterWeight } from '../../envoy/served-routes.js';
import { SharedFile, type Written } from '../../files/shared-file.js';
import { sharedLook } from '../../shared-look.js';
import { hasToBeMade } from '../write-failures.js';
import { contended, unlockable, unreadable, unwritable } from './failure.js';
import { RouteFile } from './route-file.js';

/** One route that shall be split otherwise. */
export interface RouteWrite extends FencedWrite {
  readonly route: string;
  readonly weights: readonly ClusterWeight[];
}

/** The one who writes an RDS file. */
export class RouteFileWriter {
  /** The text that was read or written last, taken apart: taking apart is the slow part. */
  private known: { readonly text: string; readonly file: RouteFile } | null = null;
  private readonly shared: SharedFile<RouteFile>;
  /** Hundreds who ask in the same moment are one look. */
  private readonly look = sharedLook(() => this.lookAtFile());

  constructor(path: string) {
    const format = {
      parse: (at: string, text: string) => this.takeApart(at, text),
      print: (file: RouteFile) => this.remember(file.text, file).text,
    };
    // Also when nothing is new, an Envoy that missed the last move hears of this one.
    const writesUnchanged = true;
    const troubles = { unreadable, unlockable, unwritable, contended };
    this.shared = new SharedFile(path, format, { writesUnchanged, troubles });
  }

  /**
   * Resolves when the file says so. Several changes of one route that wait together are made one after the other, each by
   * the fence that it finds.
   *
   * @throws StaleInstance when the file bears a fence that it may not replace.
   * @throws AdapterUnavailableError when it cannot be read, understood or written; it is left as it was then.
   */
  write({ route, weights, ...write }: RouteWrite, limits: WriteLimits = {}): Promise<Written> {
    const apply = (file: RouteFile): RouteFile => {
      const says = file.whatItSays(route);
      const isWanted = says.isAlike && sameSplit(says.weights, weights);
      return hasToBeMade(write, says.fence, isWanted) ? file.with(route, weights, write.fence) : file;
    };
    return this.shared.edit({ apply }, limits);
  }

  /**
   * Why a route could not be written if it had to be; `null` when it could, or when a write is under way: that tells it.
   *
   * It takes the file apart, which of hundreds of routes takes a tenth of a second that a rollback should not wait for.
   */
  async whyNotWritable(route: string): Promise<Error | null> {
    if (this.shared.isBeingWritten) return null;
    try {
      (await this.look()).whatItSays(route);
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
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
    return this.shared.writes;
  }

  private async lookAtFile(): Promise<RouteFile> {
    const { path, document } = await this.shared.read();
    // A new file takes its place, so the folder is what must be writable.
    await access(dirname(path), constants.W_OK).catch((error: unknown) => {
      throw unwritable(path, error);
    });
    return document;
  }

  private takeApart(path: string, text: string): RouteFile {
    if (this.known?.text === text) return this.known.file;
    return this.remember(text, this.known?.file.withTextOf(text) ?? RouteFile.parse(path, text)).file;
  }

  private remember(text: string, file: RouteFile): { readonly text: string; readonly file: RouteFile } {
    this.known = { text, file };
    return this.known;
  }
}
