import type { Weights } from '../domain/rollout/weights.js';

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
      /** Why weights that it is told would not outlive its restart. */
      readonly fleeting?: string;
    }
  | { readonly instance: string; readonly unreachable: string };

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

/** The data plane: splits a service's traffic between its backends. */
export interface TrafficRouter {
  /**
   * What every configured instance does now, in slots (not targets); backends at 0 % may be left out.
   *
   * An instance that cannot be asked is reported as unreachable; it never makes the others unreadable.
   *
   * @throws AdapterUnavailableError when not even the list of instances can be had, or when the route does not exist.
   */
  readWeights(route: Route): Promise<readonly InstanceWeights[]>;

  /**
   * Makes every configured instance split as told. Absolute and idempotent.
   *
   * The first entry of `weights` owns the first slice of the hash range. All instances are tried, also after one failed.
   *
   * @throws AdapterUnavailableError when an instance could not be told, also for want of time; names each.
   * @throws WeightsNotLastingError when those that were told would forget it at their next start.
   */
  setWeights(route: Route, weights: Weights, limits?: WriteLimits): Promise<void>;
}
