/** What happened in one interval; `latencyCounts[i]` requests fell into bucket i alone, the last being +∞. */
export interface Counts {
  requests: number;
  errors: number;
  latencyCounts: number[];
}

/**
 * A run of ended cells in 32-bit words. A cell is: tick, requests, errors, number of latency words, then one word per
 * latency bucket that was hit. A backend that serves a request a second costs 20 bytes a second; an idle one nothing.
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

export type CellReader = (
  tick: number,
  requests: number,
  errors: number,
  latencies: () => readonly LatencyCount[],
) => void;

const CHUNK_WORDS = 256;
const CELL_HEAD_WORDS = 4;

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
  words.set([tick, counts.requests, counts.errors, at - chunk.used - CELL_HEAD_WORDS], chunk.used);
  chunk.used = at;
  chunk.lastTick = tick;
}

export function readCells(chunk: Chunk, read: CellReader): void {
  let at = 0;
  while (at < chunk.used) {
    const [tick = 0, requests = 0, errors = 0, latencyWords = 0] = chunk.words.subarray(at, at + CELL_HEAD_WORDS);
    const from = at + CELL_HEAD_WORDS;
    at = from + latencyWords;
    read(tick, requests, errors, () =>
      Array.from(chunk.words.subarray(from, from + latencyWords), (word) => ({
        index: word >>> COUNT_BITS,
        count: word & COUNT_MASK,
      })),
    );
  }
}
