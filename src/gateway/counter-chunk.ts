/** What happened in one interval; `latencyCounts[i]` requests fell into bucket i alone, the last being +∞. */
export interface Counts {
  requests: number;
  errors: number;
  /** Of the requests, those that ended before the backend began to answer; they have no latency. Absent: none. */
  unanswered?: number;
  latencyCounts: number[];
}

/**
 * A run of ended cells in 32-bit words. A cell is: tick, requests, errors, unanswered requests, number of latency words,
 * then one word per latency bucket that was hit. A backend that serves a request a second costs 24 bytes a second; an
 * idle one nothing.
 */
export interface Chunk {
  readonly words: Uint32Array;
  used: number;
  readonly firstTick: number;
  lastTick: number;
}

export interface LatencyCount {
  readonly index: number;
  readonly count: number;
}

/** One ended cell. */
export interface Cell {
  readonly tick: number;
  readonly requests: number;
  readonly errors: number;
  readonly unanswered: number;
  readonly latencies: () => readonly LatencyCount[];
}

const CHUNK_WORDS = 256;
const CELL_HEAD_WORDS = 5;

/** A latency word holds the bucket's index in its upper 5 bits, the count below: 134 million a grain are enough. */
const COUNT_BITS = 27;
const COUNT_MASK = 2 ** COUNT_BITS - 1;
const MAX_CELL_WORDS = CELL_HEAD_WORDS + 2 ** (32 - COUNT_BITS);

export function newChunk(firstTick: number): Chunk {
  return { words: new Uint32Array(CHUNK_WORDS), used: 0, firstTick, lastTick: firstTick };
}

export function chunkFull(chunk: Chunk): boolean {
  return chunk.used + MAX_CELL_WORDS > CHUNK_WORDS;
}

export function writeCell(chunk: Chunk, tick: number, counts: Counts): void {
  const { words } = chunk;
  let at = chunk.used + CELL_HEAD_WORDS;
  counts.latencyCounts.forEach((count, index) => {
    if (count === 0) return;
    words[at] = index * 2 ** COUNT_BITS + Math.min(count, COUNT_MASK);
    at += 1;
  });
  const latencyWords = at - chunk.used - CELL_HEAD_WORDS;
  words.set([tick, counts.requests, counts.errors, counts.unanswered ?? 0, latencyWords], chunk.used);
  chunk.used = at;
  chunk.lastTick = tick;
}

export function readCells(chunk: Chunk, read: (cell: Cell) => void): void {
  let at = 0;
  while (at < chunk.used) {
    const head = chunk.words.subarray(at, at + CELL_HEAD_WORDS);
    const [tick = 0, requests = 0, errors = 0, unanswered = 0, latencyWords = 0] = head;
    const from = at + CELL_HEAD_WORDS;
    at = from + latencyWords;
    const latencies = (): readonly LatencyCount[] =>
      Array.from(chunk.words.subarray(from, from + latencyWords), (word) => ({
        index: word >>> COUNT_BITS,
        count: word & COUNT_MASK,
      }));
    read({ tick, requests, errors, unanswered, latencies });
  }
}
