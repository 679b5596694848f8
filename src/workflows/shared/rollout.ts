import { CancellationScope, condition } from '@temporalio/workflow';
import type { AnyEvent, RolloutEvent } from '../../domain/rollout/events.js';
import type { Life } from '../../domain/rollout/life.js';
import type { RolloutRules } from '../../domain/rollout/rules.js';
import type { StatusBase } from '../../domain/rollout/status.js';

/** An event as whoever reports it knows it: when it happened is added. */
export type Timeless<E> = E extends { atMs: number } ? Omit<E, 'atMs'> : never;

/** Thrown inside the workflow when the reducer says stop; never leaves it. */
export class Stopped extends Error {}

/** What a rollout does besides: shown to people, kept in the journal, told to hooks. */
export interface Besides {
  readonly beforeWaiting: () => Promise<void>;
  readonly onAlarm: () => void;
  readonly onHook: () => void;
}

/** The part of a running rollout that whoever only reports to it needs. */
export interface Dispatching {
  dispatch(event: Timeless<RolloutEvent>): void;
}

/** A running rollout of any kind: the reducer's state, and the one place where the workflow waits. */
export class Rollout<State extends Life = Life, Event extends AnyEvent = RolloutEvent> implements Dispatching {
  /** Work that was left behind when the rollout was stopped, and may still touch the world. */
  readonly stragglers: Promise<void>[] = [];
  private changes = 0;
  private fault: Error | null = null;

  constructor(
    private current: State,
    private readonly rules: Pick<RolloutRules<never, State, Event>, 'reduce' | 'nextDueMs' | 'statusOf'>,
    private readonly besides: Besides,
  ) {}

  get state(): State {
    return this.current;
  }

  /** Where it stands now, for people. */
  get status(): StatusBase {
    return this.rules.statusOf(this.current, Date.now());
  }

  get isStopping(): boolean {
    return this.current.stop !== null || this.fault !== null;
  }

  /**
   * Makes something happen to the rollout. Never blocks and never throws, so a signal handler may call it: a fault of the
   * rules themselves stops the rollout where it waits.
   */
  dispatch(event: Timeless<RolloutEvent> | Timeless<Event>): void {
    const dated = { ...event, atMs: Date.now() } as RolloutEvent | Event;
    const next = this.after(dated);
    if (next === this.current) return;
    this.current = next;
    this.changes += 1;
    if (dated.type === 'alarmed') this.besides.onAlarm();
    if (dated.type === 'hooked') this.besides.onHook();
  }

  /** What has arrived counts now, by the reducer's precedence. @throws Stopped when it says stop. */
  proceed(): void {
    this.dispatch({ type: 'proceeded' });
    this.throwIfStopping();
  }

  /** Until `reached`, or until there is a reason to stop. @throws Stopped */
  async until(what: string, reached: (state: State) => boolean): Promise<void> {
    for (;;) {
      this.proceed();
      if (reached(this.current)) return;
      // What happens while the hooks run must wake us too.
      const seen = this.changes;
      await this.besides.beforeWaiting();
      await this.wake(what, seen);
    }
  }

  /**
   * Does `work`, but does not wait for its end when there is a reason to stop meanwhile.
   *
   * Whatever ends the waiting, also a cancellation: work that has not ended may still touch the world, and is not forgotten.
   *
   * @throws Stopped
   */
  async unlessStopped<T>(work: () => Promise<T>): Promise<T> {
    const scope = new CancellationScope();
    const running = scope.run(work);
    let settled = false;
    const hasSettled = (): boolean => settled;
    const settle = (): void => {
      settled = true;
    };
    const straggler = running.then(settle, settle);
    try {
      await condition(() => settled || this.isStopping);
      if (!this.isStopping) return await running;
    } finally {
      if (!hasSettled()) {
        this.stragglers.push(straggler);
        scope.cancel();
      }
    }
    this.throwIfStopping();
    throw new Stopped();
  }

  /** Whether nothing happens for so long. */
  async isQuiet(ms: number): Promise<boolean> {
    const seen = this.changes;
    return !(await condition(() => this.changes !== seen, ms, { summary: 'A quiet moment' }));
  }

  private after(event: RolloutEvent | Event): State {
    try {
      return this.rules.reduce(this.current, event);
    } catch (error) {
      this.fault ??= error instanceof Error ? error : new Error(String(error));
      this.changes += 1;
      return this.current;
    }
  }

  private throwIfStopping(): void {
    if (this.fault !== null) throw this.fault;
    if (this.current.stop !== null) throw new Stopped();
  }

  private async wake(what: string, seen: number): Promise<void> {
    const changed = () => this.changes !== seen;
    const dueMs = this.rules.nextDueMs(this.current);
    if (dueMs === null) await condition(changed);
    else await condition(changed, Math.max(1, dueMs - Date.now()), { summary: what });
  }
}
