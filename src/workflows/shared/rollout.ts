import { condition } from '@temporalio/workflow';
import { endOf } from '../../domain/rollout/stage-clock.js';
import { reduce, type RolloutEvent } from '../../domain/rollout/reducer/reduce.js';
import type { RolloutState } from '../../domain/rollout/state.js';

type WithoutTime<E> = E extends { atMs: number } ? Omit<E, 'atMs'> : never;

/** Thrown inside the workflow when the reducer says stop; never leaves it. */
export class Stopped extends Error {}

/** A running rollout: the reducer's state, and the one place where the workflow waits. */
export class Rollout {
  private changes = 0;

  constructor(
    private current: RolloutState,
    private readonly beforeWaiting: () => Promise<void>,
  ) {}

  get state(): RolloutState {
    return this.current;
  }

  /** Makes something happen to the rollout. Never blocks, so a signal handler may call it. */
  happens(event: WithoutTime<RolloutEvent>): void {
    const next = reduce(this.current, { ...event, atMs: Date.now() });
    if (next === this.current) return;
    this.current = next;
    this.changes += 1;
  }

  /** Wakes whoever waits, although the state is the same. */
  nudge(): void {
    this.changes += 1;
  }

  /** What has arrived counts now, by the reducer's precedence. @throws Stopped when it says stop. */
  proceed(): void {
    this.happens({ type: 'proceeded' });
    if (this.current.stop !== null) throw new Stopped();
  }

  /** Until `reached`, or until there is a reason to stop. @throws Stopped */
  async until(what: string, reached: (state: RolloutState) => boolean): Promise<void> {
    for (;;) {
      this.proceed();
      if (reached(this.current)) return;
      await this.beforeWaiting();
      await this.wake(what);
    }
  }

  private async wake(what: string): Promise<void> {
    const seen = this.changes;
    const changed = () => this.changes !== seen;
    const dueMs = dueAt(this.current);
    if (dueMs === null) await condition(changed);
    else await condition(changed, Math.max(1, dueMs - Date.now()), { summary: what });
  }
}

/** When time alone changes something: a pause that ends by itself, or the clock. */
function dueAt(state: RolloutState): number | null {
  if (state.pause !== null) return state.pause.untilMs;
  return state.clock === null ? null : endOf(state.clock);
}
