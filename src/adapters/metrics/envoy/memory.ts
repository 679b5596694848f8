import { formatCount } from '../../../domain/analysis/format.js';
import type { LatencyBucket, Sampled } from '../../../domain/analysis/sample.js';
import type { Counters } from './counters.js';

/** The counters of a cluster at one moment. */
interface Snapshot {
  readonly atMs: number;
  /** Counts the lives of the Envoy: counters of two lives have nothing to do with each other. */
  readonly life: number;
  readonly counters: Counters;
}

interface Remembered extends Snapshot {
  /** Requests that ended without an answer by then, but for a constant. */
  readonly unanswered: number;
}

/** How old the snapshot before a moment may be, in looks, to stand for the moment; and never less than this. */
const MISSED_LOOKS = 2.5;
const LEAST_PATIENCE_MS = 2000;

/** So long before and after counters went down at an unbroken age, another Envoy may have answered. */
const DOUBT_MS = 300_000;

/** Counters that no Envoy can have shown one after the other, in one life. */
interface Contradiction {
  readonly atMs: number;
  /** One clause. */
  readonly why: string;
}

/**
 * What one cluster of one Envoy had counted, look by look. Envoy tells sums alone; what happened in an interval is the
 * difference of two of them.
 */
export class CounterMemory {
  private readonly snapshots: Remembered[] = [];
  private contradictions: readonly Contradiction[] = [];

  constructor(
    private readonly intervalMs: number,
    private readonly retentionMs: number,
  ) {}

  add(snapshot: Snapshot): void {
    const last = this.snapshots.at(-1);
    const why = last?.life === snapshot.life ? fallBetween(last.counters, snapshot.counters) : null;
    if (why !== null) this.contradictions = [...this.contradictions, { atMs: snapshot.atMs, why }];
    // What is under way makes it less for a while: it is at least what it was.
    const { unanswered = 0, active = 0 } = snapshot.counters;
    // At the first look nobody knows how many answers are under way: all that is, rather than one that ends well later.
    const known = last?.life === snapshot.life && why === null ? last.unanswered : unanswered + active;
    this.snapshots.push({ ...snapshot, unanswered: Math.max(known, unanswered) });
    const forgetBeforeMs = snapshot.atMs - this.retentionMs;
    this.contradictions = this.contradictions.filter(({ atMs }) => atMs + DOUBT_MS >= forgetBeforeMs);
    // Some at a time, so that not every look moves the whole list.
    const forgotten = this.snapshots.findIndex(({ atMs }) => atMs >= forgetBeforeMs);
    if (forgotten > 1000) this.snapshots.splice(0, forgotten);
  }

  /** What happened in [fromMs, toMs), as far as looks can tell; intervals that meet share no request and lose none. */
  between(fromMs: number, toMs: number): Sampled {
    const [before, after] = [this.at(fromMs), this.at(toMs)];
    if (before === null || after === null || before.life !== after.life) return 'no-data';
    if (this.whyUnknown(before.atMs, after.atMs) !== null) return 'no-data';
    const requests = after.counters.requests - before.counters.requests;
    if (requests < 0) return 'no-data';
    const errors = after.counters.errors - before.counters.errors;
    const unanswered = after.unanswered - before.unanswered;
    return {
      requests: requests + unanswered,
      errors,
      ...(unanswered > 0 ? { unanswered } : {}),
      latencyHistogram: latenciesBetween(before.counters, after.counters),
    };
  }

  /** Why the time from one moment to another is in doubt, as of the newest contradiction; `null` when it is not. */
  whyUnknown(fromMs: number, toMs: number): string | null {
    const near = this.contradictions.findLast(({ atMs }) => fromMs < atMs + DOUBT_MS && toMs > atMs - DOUBT_MS);
    return near?.why ?? null;
  }

  /** The last look before a moment; `null` where nobody looked for long, or has not looked since. */
  private at(momentMs: number): Remembered | null {
    const newest = this.snapshots.at(-1);
    if (newest === undefined || momentMs > newest.atMs) return null;
    let [low, high] = [0, this.snapshots.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.snapshots[middle]?.atMs ?? 0) <= momentMs) low = middle + 1;
      else high = middle;
    }
    const found = this.snapshots[low - 1];
    const patienceMs = Math.max(MISSED_LOOKS * this.intervalMs, LEAST_PATIENCE_MS);
    return found === undefined || momentMs - found.atMs > patienceMs ? null : found;
  }
}

/** Counters that only ever rise, and did not; `null` when they did. */
function fallBetween(before: Counters, after: Counters): string | null {
  for (const counter of ['requests', 'errors'] as const)
    if (after[counter] < before[counter])
      return `its ${counter} went from ${formatCount(before[counter])} down to ${formatCount(after[counter])}`;
  return null;
}

/** Envoy lists no bucket above its last bound: what took longer is not in it, so the last bound should be a long one. */
function latenciesBetween(before: Counters, after: Counters): readonly LatencyBucket[] {
  const buckets = [...after.latency].map(([leMs, count]): LatencyBucket => ({
    leMs,
    count: count - (before.latency.get(leMs) ?? 0),
  }));
  return [...buckets, { leMs: null, count: buckets.at(-1)?.count ?? 0 }];
}
