import type { Look, Timeline } from './timeline.js';

/** Looks at a rollout in a row that saw the same of it. */
export interface Standing {
  readonly service: string;
  readonly firstRunId: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** The first of them. */
  readonly look: Look;
}

/** Joins looks in a row that `key` does not tell apart. */
export function standings({ looks }: Timeline, key: (look: Look) => string): readonly Standing[] {
  const last = new Map<string, Standing>();
  const all: Standing[] = [];
  for (const look of looks) {
    const { service, firstRunId, atMs } = look;
    const before = last.get(firstRunId);
    const goesOn = before !== undefined && key(before.look) === key(look);
    const standing = goesOn ? { ...before, toMs: atMs } : { service, firstRunId, fromMs: atMs, toMs: atMs, look };
    if (goesOn) all[all.indexOf(before)] = standing;
    else all.push(standing);
    last.set(firstRunId, standing);
  }
  return all;
}
