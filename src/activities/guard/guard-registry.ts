import type { ObservationStore } from '../../ports/observation-store.js';
import type { GuardUndo } from '../contracts.js';
import type { GuardLoop } from './guard-loop.js';

/** What guards of this worker have undone is known for so many rollouts, the newest. */
const REMEMBERED_UNDOS = 2000;

/**
 * The guards of one worker. A guard outlives the activity that began it: while Temporal is away or hangs, activities end
 * and guarding goes on.
 */
export class GuardRegistry {
  private readonly loops = new Map<string, GuardLoop>();
  private readonly undos = new Map<string, GuardUndo>();

  constructor(private readonly observations?: ObservationStore) {}

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

  /** What a guard of this worker has just done. */
  remember(rolloutId: string, fence: number, undo: GuardUndo): void {
    this.undos.set(keyOf(rolloutId, fence), undo);
    for (const key of this.undos.keys()) {
      if (this.undos.size <= REMEMBERED_UNDOS) return;
      this.undos.delete(key);
    }
  }

  /** Why a guard, of whichever worker, has undone a stage and left this fence. */
  async undoOf(rolloutId: string, fence: number): Promise<GuardUndo> {
    const known = this.undos.get(keyOf(rolloutId, fence)) ?? (await this.observedUndo(rolloutId, fence));
    return known ?? { reason: 'undone by the guard; its evidence was lost', evidence: null, undoneAtMs: Date.now() };
  }

  private async observedUndo(rolloutId: string, fence: number): Promise<GuardUndo | null> {
    const lines = await this.observations?.read(rolloutId).catch(() => []);
    for (const line of [...(lines ?? [])].reverse()) {
      if (line.kind !== 'breach' || line.undone?.fence !== fence) continue;
      return { reason: line.reason, evidence: null, undoneAtMs: line.undone.atMs };
    }
    return null;
  }
}

function keyOf(rolloutId: string, fence: number): string {
  return `${rolloutId}/${String(fence)}`;
}
