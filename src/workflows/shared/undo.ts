import { CancellationScope } from '@temporalio/workflow';
import type { AnyEvent } from '../../domain/rollout/events.js';
import type { Life } from '../../domain/rollout/life.js';
import type { Rollout } from './rollout.js';

/** Takes one step back, and does not give up. `again`: something that was under way may have landed after the first time. */
export type TakeBack<State extends Life> = (undo: State['undos'][number], again: boolean) => Promise<void>;

/** Undoes the steps taken, newest first; cannot be cancelled. */
export async function undoAll<State extends Life, Event extends AnyEvent>(
  rollout: Rollout<State, Event>,
  takeBack: TakeBack<State>,
): Promise<readonly State['undos'][number][]> {
  const done: State['undos'][number][] = [];
  await CancellationScope.nonCancellable(async () => {
    const newest = (): State['undos'][number] | undefined => rollout.state.undos.at(-1);
    for (let next = newest(); next !== undefined; next = newest()) {
      await takeBack(next, false);
      done.push(next);
      rollout.dispatch({ type: 'undoDone' });
    }
  });
  return done;
}
