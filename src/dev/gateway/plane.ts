import type { HeadgateConfig } from '../../config/types.js';
import type { Weights } from '../../domain/traffic/weights.js';
import type { DevService } from '../config-file.js';
import type { Reaper } from '../process/reaper.js';

/** Services without a configuration of their own: one is written for them. */
export interface OwnServices {
  readonly kind: 'own';
  readonly services: readonly DevService[];
  readonly trafficPort: number;
  readonly adminPort: number;
  /** Milliseconds per cell of the gateway's counters. Default the gateway's own. */
  readonly grainMs?: number;
}

/** Services as a `headgate.yaml` names them. */
export interface ConfiguredServices {
  readonly kind: 'configured';
  readonly config: HeadgateConfig;
  readonly configFile: string;
  readonly trafficPort: number;
}

/** What every data plane of a development environment needs. */
export interface PlaneSurroundings {
  readonly directory: string;
  /** Whether weights are there again after a restart. */
  readonly persistent: boolean;
  readonly say: (line: string) => void;
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends what has no life of its own. */
  readonly reaper?: Reaper;
  /** Aborted when a person ends the environment in order. */
  readonly signal?: AbortSignal;
}

/** Where users come in, and where it can be seen how they are split. */
export interface Entrance {
  readonly trafficUrl: string;
  readonly adminUrl: string;
  /** What a person opens to see the routes. */
  readonly routesUrl: string;
  /** How a service's traffic is split now, by slot. */
  readWeights(service: string): Promise<Weights>;
}

/** The gateways, or what stands in their place, that serve, and the configuration that names them. */
export interface DataPlane {
  readonly gateways: readonly Entrance[];
  readonly configFile: string;
  /** Whether the configuration was written here, so that commands must be pointed to it. */
  readonly isOurs: boolean;
  readonly directory: string;
  /** Decides whether users are served on when the environment ends. */
  outlivesUs(outlives: boolean): void;
}

/** By which the gateway of a development environment tells users apart. */
export const USER_COOKIE = 'hg_user';
