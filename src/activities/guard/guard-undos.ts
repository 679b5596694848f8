import type { ObservationStore } from '../../ports/observation-store.js';
import type { GuardUndo } from '../contracts.js';
import { setNewest } from '../set-newest.js';

/** What guards of this worker have undone is known for so many rollouts, the newest. */
const REMEMBERED = 2000;

/** What guards have undone by themselves, so that it is known when its news is lost. */
export class GuardUndos {
  private readonly undos = new Map<string, GuardUndo>();

  constructor(private readonly observations?: ObservationStore) {}

  /** What a guard of this worker has just done. */
  remember(rolloutId: string, fence: number, undo: GuardUndo): void {
    setNewest(this.undos, keyOf(rolloutId, fence), undo, REMEMBERED);
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
