import { CancellationScope, condition } from '@temporalio/workflow';
import { nextDueMs } from '../../domain/rollout/reducer/early-end.js';
import { reduce, type RolloutEvent } from '../../domain/rollout/reducer/reduce.js';
import type { RolloutState } from '../../domain/rollout/state.js';

type WithoutTime<E> = E extends { atMs: number } ? Omit<E, 'atMs'> : never;

/** Thrown inside the workflow when the reducer says stop; never leaves it. */
export class Stopped extends Error {}

/** What a rollout does besides: shown to people, kept in the journal. */
export interface RolloutHooks {
  readonly beforeWaiting: () => Promise<void>;
  readonly onAlarm: () => void;
}

/** A running rollout: the reducer's state, and the one place where the workflow waits. */
export class Rollout {
  /** Work that was left behind when the rollout was stopped, and may still touch the world. */
  readonly stragglers: Promise<void>[] = [];
  private changes = 0;

  constructor(
    private current: RolloutState,
    private readonly hooks: RolloutHooks,
  ) {}

  get state(): RolloutState {
    return this.current;
  }

  get isStopping(): boolean {
    return this.current.stop !== null;
  }

  /** Makes something happen to the rollout. Never blocks, so a signal handler may call it. */
  happens(event: WithoutTime<RolloutEvent>): void {
    const next = reduce(this.current, { ...event, atMs: Date.now() });
    if (next === this.current) return;
    this.current = next;
    this.changes += 1;
    if (event.type === 'alarmed') this.hooks.onAlarm();
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
      // What happens while the hooks run must wake us too.
      const seen = this.changes;
      await this.hooks.beforeWaiting();
      await this.wake(what, seen);
    }
  }

  /** Does `work`, but does not wait for its end when there is a reason to stop meanwhile. @throws Stopped */
  async unlessStopped<T>(work: () => Promise<T>): Promise<T> {
    const scope = new CancellationScope();
    const running = scope.run(work);
    let settled = false;
    const hasSettled = () => settled;
    const settle = () => {
      settled = true;
    };
    const straggler = running.then(settle, settle);
    await condition(() => settled || this.isStopping);
    if (!this.isStopping) return running;
    if (!hasSettled()) {
      this.stragglers.push(straggler);
      scope.cancel();
    }
    throw new Stopped();
  }

  private async wake(what: string, seen: number): Promise<void> {
    const changed = () => this.changes !== seen;
    const dueMs = nextDueMs(this.current);
    if (dueMs === null) await condition(changed);
    else await condition(changed, Math.max(1, dueMs - Date.now()), { summary: what });
  }
}
