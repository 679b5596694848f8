import { setTimeout as sleep } from 'node:timers/promises';
import { HeadgateError } from '../../domain/errors.js';
import { OBSERVATIONS_VERSION, type LostLine, type ObservationLine } from '../../domain/observations/line.js';
import type { ObservationStore } from '../../ports/observation-store.js';
import { setNewest } from '../set-newest.js';
import { KnownValues } from '../values/known-values.js';
import { ReadingMarks } from './reading-marks.js';

/** What may wait to be written, all rollouts together. */
const MOST_WAITING_LINES = 20_000;

/** A write that takes longer is trouble. */
const SLOW_MS = 5000;

const BETWEEN_ATTEMPTS_MS = 2000;

/** That its file is full is known for so many rollouts, the newest; of others the next write says it again. */
const REMEMBERED_FULL = 2000;

/**
 * Keeps what was observed, beside the work: nobody waits for the disk, and a disk that fails is told, not suffered from.
 *
 * One file is written at a time, and what arrives meanwhile goes into the next write. What does not fit into the queue
 * is lost, and the file says how much.
 */
export class Observer {
  /** How far the readings of this process agree. */
  readonly marks = new ReadingMarks();
  readonly values = new KnownValues();
  private readonly waiting = new Map<string, ObservationLine[]>();
  private readonly lost = new Map<string, number>();
  private readonly full = new Map<string, string>();
  private waitingLines = 0;
  private writing: Promise<void> | null = null;
  private writeBeganMs: number | null = null;
  private failure: string | null = null;

  constructor(private readonly store: ObservationStore | undefined) {}

  get isKeeping(): boolean {
    return this.store !== undefined;
  }

  /** What is wrong with the keeping of a rollout, in a few words; `null` when all is well. */
  troubleOf(rolloutId: string): string | null {
    const full = this.full.get(rolloutId) ?? this.failure;
    if (full !== null) return full;
    const isSlow = this.writeBeganMs !== null && Date.now() - this.writeBeganMs > SLOW_MS;
    return isSlow ? 'the disk is slow: a write has not ended yet' : null;
  }

  /** Neither waits nor throws. */
  keep(rolloutId: string, lines: readonly ObservationLine[]): void {
    if (this.store === undefined || lines.length === 0 || this.full.has(rolloutId)) return;
    if (this.waitingLines + lines.length > MOST_WAITING_LINES) {
      this.lost.set(rolloutId, (this.lost.get(rolloutId) ?? 0) + lines.length);
    } else {
      const queue = this.waiting.get(rolloutId);
      if (queue === undefined) this.waiting.set(rolloutId, [...lines]);
      else queue.push(...lines);
      this.waitingLines += lines.length;
    }
    this.writing ??= this.writeAll(this.store);
  }

  /** What was kept of a rollout, by whichever worker; nothing where it cannot be read. */
  async linesOf(rolloutId: string): Promise<readonly ObservationLine[]> {
    try {
      return (await this.store?.read(rolloutId)) ?? [];
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
      return [];
    }
  }

  /** Until everything is written, or so long. */
  async settled(withinMs: number): Promise<void> {
    if (this.writing === null) return;
    const patience = new AbortController();
    await Promise.race([this.writing, sleep(withinMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
  }

  private async writeAll(store: ObservationStore): Promise<void> {
    for (let next = this.takeNext(); next !== undefined; next = this.takeNext()) {
      const [rolloutId, lines] = next;
      const error = await this.write(store, rolloutId, lines);
      if (error === null) continue;
      if (isFull(error)) setNewest(this.full, rolloutId, error.message, REMEMBERED_FULL);
      else {
        this.putBack(rolloutId, lines);
        await sleep(BETWEEN_ATTEMPTS_MS, undefined, { ref: false });
      }
    }
    this.writing = null;
  }

  private takeNext(): [rolloutId: string, lines: readonly ObservationLine[]] | undefined {
    const [rolloutId] = [...this.waiting.keys(), ...this.lost.keys()];
    if (rolloutId === undefined) return undefined;
    const lines = this.waiting.get(rolloutId) ?? [];
    const lost = this.lost.get(rolloutId);
    this.waiting.delete(rolloutId);
    this.lost.delete(rolloutId);
    this.waitingLines -= lines.length;
    return [rolloutId, lost === undefined ? lines : [...lines, lostLine(rolloutId, lost)]];
  }

  /** Behind the others: a file that cannot be written must not keep them from theirs. */
  private putBack(rolloutId: string, lines: readonly ObservationLine[]): void {
    this.waiting.set(rolloutId, [...lines, ...(this.waiting.get(rolloutId) ?? [])]);
    this.waitingLines += lines.length;
  }

  private async write(
    store: ObservationStore,
    rolloutId: string,
    lines: readonly ObservationLine[],
  ): Promise<Error | null> {
    this.writeBeganMs = Date.now();
    try {
      await store.append(rolloutId, lines);
      this.failure = null;
      return null;
    } catch (error) {
      const failed = error instanceof Error ? error : new Error(String(error));
      if (!isFull(failed)) this.failure = failed.message;
      return failed;
    } finally {
      this.writeBeganMs = null;
    }
  }
}

function isFull(error: Error): boolean {
  return error instanceof HeadgateError && error.code === 'OBSERVATIONS_FULL';
}

function lostLine(rolloutId: string, lines: number): LostLine {
  return { v: OBSERVATIONS_VERSION, kind: 'lost', rolloutId, atMs: Date.now(), lines };
}
