import { LATENCY_BOUNDS_MS } from './defaults.js';
import { chunkFull, newChunk, readCells, writeCell, type Chunk, type Counts } from './counter-chunk.js';

/** [fromMs, toMs), cut into steps; the last may be shorter. */
export interface CountRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export interface CounterLogOptions {
  readonly grainMs: number;
  readonly retentionMs: number;
  /** Since when this log has seen everything. */
  readonly sinceMs: number;
}

const BUCKET_COUNT = LATENCY_BOUNDS_MS.length + 1;

/**
 * The memory of one backend: counters per grain of time. A grain without traffic costs nothing.
 *
 * The grain that runs is kept in plain counters, the ended ones in compact chunks. An ended grain never changes, and
 * it belongs to the one interval that contains its *end*; so intervals that meet neither lose nor share a request, and
 * an interval that has ended is complete.
 */
export class CounterLog {
  readonly sinceMs: number;
  private readonly grainMs: number;
  private readonly retentionMs: number;
  private readonly originTick: number;
  private readonly chunks: Chunk[] = [];
  private openTick = 0;
  private open = emptyCounts();

  constructor(options: CounterLogOptions) {
    this.sinceMs = options.sinceMs;
    this.grainMs = options.grainMs;
    this.retentionMs = options.retentionMs;
    this.originTick = Math.floor(options.sinceMs / options.grainMs);
  }

  /** `nowMs` must never go back. */
  record(nowMs: number, latencyMs: number, isError: boolean): void {
    this.endGrainsBefore(nowMs);
    const index = bucketIndexOf(latencyMs);
    this.open.requests += 1;
    if (isError) this.open.errors += 1;
    this.open.latencyCounts[index] = (this.open.latencyCounts[index] ?? 0) + 1;
  }

  /** A request that ended before the backend began to answer. `nowMs` must never go back. */
  recordUnanswered(nowMs: number): void {
    this.endGrainsBefore(nowMs);
    this.open.requests += 1;
    this.open.unanswered = (this.open.unanswered ?? 0) + 1;
  }

  /** One entry per step, oldest first; `null` where this log was not there, no longer remembers, or cannot know yet. */
  read(range: CountRange, nowMs: number): readonly (Counts | null)[] {
    this.endGrainsBefore(nowMs);
    const stepCount = Math.max(0, Math.ceil((range.toMs - range.fromMs) / range.stepMs));
    const knownFromMs = Math.max(this.sinceMs, nowMs - this.retentionMs);
    const steps = Array.from({ length: stepCount }, (_, step) => {
      const startMs = range.fromMs + step * range.stepMs;
      const endMs = Math.min(startMs + range.stepMs, range.toMs);
      return startMs >= knownFromMs && endMs <= nowMs ? emptyCounts() : null;
    });
    for (const chunk of this.chunks) {
      if (this.endOf(chunk.lastTick) <= range.fromMs) continue;
      if (this.endOf(chunk.firstTick) > range.toMs) break;
      readCells(chunk, ({ tick, requests, errors, unanswered, latencies }) => {
        const endMs = this.endOf(tick);
        const counts = steps[Math.ceil((endMs - range.fromMs) / range.stepMs) - 1];
        if (endMs > range.toMs || counts === undefined || counts === null) return;
        counts.requests += requests;
        counts.errors += errors;
        if (unanswered > 0) counts.unanswered = (counts.unanswered ?? 0) + unanswered;
        for (const { index, count } of latencies()) {
          counts.latencyCounts[index] = (counts.latencyCounts[index] ?? 0) + count;
        }
      });
    }
    return steps;
  }

  private endGrainsBefore(nowMs: number): void {
    const tick = Math.floor(nowMs / this.grainMs) - this.originTick;
    if (tick <= this.openTick) return;
    if (this.open.requests > 0) {
      this.append();
      this.open = emptyCounts();
    }
    this.openTick = tick;
    this.forget(nowMs);
  }

  private append(): void {
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || chunkFull(chunk)) {
      chunk = newChunk(this.openTick);
      this.chunks.push(chunk);
    }
    writeCell(chunk, this.openTick, this.open);
  }

  private forget(nowMs: number): void {
    const oldest = this.chunks[0];
    if (oldest !== undefined && this.endOf(oldest.lastTick) < nowMs - this.retentionMs) this.chunks.shift();
  }

  private endOf(tick: number): number {
    return (tick + this.originTick + 1) * this.grainMs;
  }
}

function emptyCounts(): Counts {
  return { requests: 0, errors: 0, latencyCounts: new Array<number>(BUCKET_COUNT).fill(0) };
}

function bucketIndexOf(latencyMs: number): number {
  const index = LATENCY_BOUNDS_MS.findIndex((boundMs) => latencyMs <= boundMs);
  return index === -1 ? LATENCY_BOUNDS_MS.length : index;
}
