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

/** What a data plane is started with. */
export interface DataPlaneSetup {
  /** URLs of the real backends. */
  readonly backends: Readonly<Record<Slot, string>>;
  readonly instances: number;
}
