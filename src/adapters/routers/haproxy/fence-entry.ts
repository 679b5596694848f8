import { isFence, NO_FENCE } from '../../../domain/traffic/fence.js';

/** What the entry beside a split says. */
export interface BorneFence {
  /** Of the last write that was made whole. */
  readonly fence: number;
  /** Of one that has begun and not ended; `null`: none has. */
  readonly begun: number | null;
}

const ENTRY = /^(\d+)(?:>(\d+))?$/;

/** The key of the fence of a service, in the same map: no name in HAProxy has a `~`, so it is nobody's own. */
export function fenceKeyOf(key: string): string {
  return `${key}~fence`;
}

/** What no Headgate has written is no fence. */
export function readFence(entry: string | null): BorneFence {
  const [, whole, next] = ENTRY.exec(entry ?? '') ?? [];
  const [fence, begun] = [whole, next].map((text) => (text === undefined ? null : Number(text)));
  if (!isFence(fence) || !(begun === null || isFence(begun))) return { fence: NO_FENCE, begun: null };
  return { fence, begun: begun ?? null };
}

/**
 * What stands there while a write is under way: fence and split are two entries, and HAProxy may answer others between
 * them. Whoever reads this looks again.
 */
export function fenceUnderWay(fence: number, begun: number): string {
  return `${String(fence)}>${String(begun)}`;
}
