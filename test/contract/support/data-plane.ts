import type { Route, TrafficRouter } from '../../../src/ports/traffic-router.js';
import type { Slot } from './backends.js';
import type { RelayMode } from './relay.js';

/** What a suite asks of any data plane, whoever made it. */
export interface DataPlane {
  readonly router: TrafficRouter;
  /** Splits between the slots `blue` and `green`. */
  readonly route: Route;
  /** Where users' requests go, one URL per instance. */
  readonly trafficUrls: readonly string[];
  /** The instances as the router names them, in the order of `trafficUrls`. */
  readonly instances: readonly string[];
  /** What a request carries so that the data plane knows its user. */
  identify(user: string): Readonly<Record<string, string>>;
  /** Takes one instance's control interface away, or gives it back; its traffic flows on. */
  control(instance: number, mode: RelayMode): void;
  /** Ends everything that was started. */
  stop(): Promise<void>;
}

/** What else the suite of the routers asks. */
export interface FencedDataPlane extends DataPlane {
  /** Of the services that the setup asks for besides, which split between `blue` and `green` as well. */
  readonly moreRoutes: readonly Route[];
  /** Another router, as another worker has one, of these instances only. */
  routerOf(...instances: readonly number[]): TrafficRouter;
  /**
   * Gives the candidate a share as a person does who knows nothing of fences, by the data plane's own means: leaving what
   * stands beside the weights, where that can be left, or without.
   */
  byHand(instance: number, candidatePercent: number, leaving: 'the fence' | 'no fence'): Promise<void>;
  /** Ends the instance and starts it again, on the same ports. */
  restart(instance: number): Promise<void>;
  /** How often a router has asked or written something at the instance, or in the file that it reads. */
  writes(instance: number): Promise<number>;
}

/** What a data plane is started with. */
export interface DataPlaneSetup {
  /** URLs of the real backends. */
  readonly backends: Readonly<Record<Slot, string>>;
  readonly instances: number;
  /** Services besides the first one, by name. */
  readonly moreServices?: readonly string[];
}
