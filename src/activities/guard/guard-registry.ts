import type { GuardLoop } from './guard-loop.js';

/**
 * The guards of one worker. A guard outlives the activity that began it: while Temporal is away or hangs, activities end
 * and guarding goes on.
 */
export class GuardRegistry {
  private readonly loops = new Map<string, GuardLoop>();

  /**
   * The guard of an activity, whichever attempt of it asks. Another activity of the same rollout means that the rollout
   * went on: its guard of before ends, and the new one goes on with what it remembers.
   */
  guardOf(activity: string, rolloutId: string, begin: (before: GuardLoop | undefined) => GuardLoop): GuardLoop {
    const running = this.loops.get(activity);
    if (running !== undefined) return running;
    const before = [...this.loops.values()].find((loop) => loop.rolloutId === rolloutId);
    this.release(rolloutId);
    const loop = begin(before);
    this.loops.set(activity, loop);
    void loop.over.finally(() => {
      if (this.loops.get(activity) === loop) this.loops.delete(activity);
    });
    return loop;
  }

  /** There is nothing left to guard: the guards of this rollout end without a word. */
  release(rolloutId: string): void {
    for (const [activity, loop] of this.loops) {
      if (loop.rolloutId !== rolloutId) continue;
      this.loops.delete(activity);
      loop.release();
    }
  }
}
