import { CancellationScope } from '@temporalio/workflow';
import type { AnyEvent } from '../../domain/rollout/events.js';
import type { Life } from '../../domain/rollout/life.js';
import type { Rollout } from './rollout.js';

/** Takes one step back, and does not give up. `again`: something that was under way may have landed after the first time. */
type TakeBack<State extends Life> = (undo: State['undos'][number], again: boolean) => Promise<void>;

/** How each kind of undo that a rollout plans is carried out, a row each. */
export type UndoTable<State extends Life> = Readonly<Record<State['undos'][number]['kind'], TakeBack<State>>>;

/**
 * Undoes the steps taken, newest first; cannot be cancelled. A change that was under way when the rollout stopped may land
 * after its undo: once all of them have ended, each undo is carried out once more.
 */
export async function undoAll<State extends Life, Event extends AnyEvent>(
  rollout: Rollout<State, Event>,
  table: UndoTable<State>,
  beforeWaiting: () => void,
): Promise<void> {
  type Planned = State['undos'][number];
  const takeBack = (undo: Planned, again: boolean): Promise<void> => table[undo.kind as Planned['kind']](undo, again);
  const newest = (): Planned | undefined => rollout.state.undos.at(-1);
  await CancellationScope.nonCancellable(async () => {
    const done: Planned[] = [];
    for (let next = newest(); next !== undefined; next = newest()) {
      await takeBack(next, false);
      done.push(next);
      rollout.dispatch({ type: 'undoDone' });
    }
    if (done.length === 0 || rollout.stragglers.length === 0) return;
    beforeWaiting();
    await Promise.all(rollout.stragglers);
    for (const one of done) await takeBack(one, true);
  });
}
