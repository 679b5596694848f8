import { isStillSo, type PlaneReading, type Serves, type SlotVersion } from './serves.js';

/** An earlier rollout of the same service, as the server remembers it. */
export interface PastRollout {
  readonly id: string;
  readonly closedAtMs: number;
  /** It was terminated, or failed: nothing was undone, and it left no word of its own. */
  readonly brokenOff: boolean;
  /** As it was named at its start. */
  readonly version: string | null;
  /** What served when it began; `null` where it did not come so far. */
  readonly baseline: SlotVersion | null;
  readonly serves: Serves | null;
}

/** What earlier rollouts tell about the service as it is now. */
export interface Recalled {
  /** What the last one left, where that is still so. */
  readonly record: Serves | null;
  /** What served before the last one, where that one was terminated in the middle. */
  readonly brokenOff: SlotVersion | null;
}

export const NOTHING_RECALLED: Recalled = { record: null, brokenOff: null };

/**
 * What is still true of what rollouts left.
 *
 * Only the newest word counts: an older one whose fence is there again means that the data plane was put back, and nobody
 * knows what was deployed meanwhile.
 */
export function recallFrom(rollouts: readonly PastRollout[], plane: PlaneReading): Recalled {
  const newestFirst = [...rollouts].sort((a, b) => b.closedAtMs - a.closedAtMs);
  const at = newestFirst.findIndex(({ serves }) => serves !== null);
  const serves = newestFirst[at]?.serves ?? null;
  if (serves !== null && isStillSo(serves, plane))
    return { record: withWishes(serves, newestFirst.slice(0, at)), brokenOff: null };
  const [newest] = newestFirst;
  return { record: null, brokenOff: newest?.brokenOff === true ? newest.baseline : null };
}

/** Rollouts that ended before they could leave a word: what they named may be on the idle slot by now. */
function withWishes(serves: Serves, since: readonly PastRollout[]): Serves {
  const named = since.find(({ version }) => version !== null && version !== serves.version);
  return named === undefined ? serves : { ...serves, idle: named.version };
}
