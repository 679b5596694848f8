import type { FencedWrite } from '../domain/traffic/fence.js';
import type { Weights } from '../domain/traffic/weights.js';

/** Where a service's traffic is split, in the words of the data plane. */
export interface Route {
  /** What the data plane calls it. */
  readonly service: string;
  /** The service's backends, by slot, and what the data plane calls each. */
  readonly targets: Readonly<Record<string, string>>;
}

/** What one instance of the data plane does now. */
export type InstanceWeights =
  | {
      readonly instance: string;
      readonly weights: Weights;
      /** The fence that stands beside them; `NO_FENCE` where there is none. See `domain/traffic/fence.ts`. */
      readonly fence: number;
      /** Why weights that it is told would not outlive its restart. */
      readonly fleeting?: string;
    }
  | { readonly instance: string; readonly unreachable: string };

/** How weights are read. */
export interface ReadOptions {
  readonly patienceMs?: number;
}

/** How long a change of weights is wanted. Without limits: until it is done. */
export interface WriteLimits {
  /** Ends the waiting for instances when it fires; what was told until then stays. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Nothing may be written any more when `Date.now()` is past it: a process that was frozen, and wakes when another one
   * has set other weights long since, must not bring the old ones back. So it is compared immediately before every
   * effect, after whatever was waited for. A timer cannot do that: who wakes may go on with what came in before timers
   * are looked at.
   */
  readonly notAfterMs?: number | undefined;
}

/** How weights are written: under which fence, on which condition, until when. */
export interface WriteOptions extends WriteLimits, FencedWrite {
  /** All traffic goes back: this waits for no other worker that is about to write. @default false */
  readonly urgent?: boolean | undefined;
}

/** One service's part of a bulk write. */
export interface WeightChange extends FencedWrite {
  readonly route: Route;
  readonly weights: Weights;
}

/** Why a split could not be written if it had to be, found without writing anything. */
export interface SplitObstacle {
  /** Names the instance, or the file. */
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
  /**
   * Whether not even everything to one side may be written there: it would overwrite what is not ours, or send users where
   * nobody is. `headgate break-glass` refuses for these alone.
   */
  readonly forbidsEveryWrite: boolean;
}

/** The data plane: splits a service's traffic between its backends. */
export interface TrafficRouter {
  /**
   * What every configured instance does now, in slots (not targets); backends at 0 % may be left out.
   *
   * An instance that cannot be asked is reported as unreachable; it never makes the others unreadable.
   *
   * @param options.patienceMs how long the answer may take longer, so that many are asked for together. Default: 0
   * @throws AdapterUnavailableError when not even the list of instances can be had, or when the route does not exist.
   */
  readWeights(route: Route, options?: ReadOptions): Promise<readonly InstanceWeights[]>;

  /**
   * Makes every configured instance split as told, and bear the fence. Absolute and idempotent.
   *
   * The first entry of `weights` owns the first slice of the hash range. All instances are tried, also after one failed;
   * each decides by its own fence whether the write applies there (`fateOfWrite`).
   *
   * @throws StaleFenceError when the write is outdated at an instance and could be told to the others; names each.
   * @throws AdapterUnavailableError when an instance could not be told, also for want of time; names each.
   * @throws WeightsNotLastingError when those that were told would forget it at their next start.
   */
  setWeights(route: Route, weights: Weights, options: WriteOptions): Promise<void>;

  /**
   * {@link setWeights} for many services: one write per instance, however many changes there are. A change that cannot be
   * made never keeps another from being made.
   *
   * @throws ChangesNotMadeError that names every service and instance where a change was not made.
   */
  setMany(changes: readonly WeightChange[], limits?: WriteLimits): Promise<void>;

  /**
   * Why these splits could not be written on an instance as it is configured; empty when nothing speaks against it.
   * Instances that cannot be asked are left out. Writes nothing.
   */
  whyNotSplittable(route: Route, splits: readonly Weights[]): Promise<readonly SplitObstacle[]>;
}
