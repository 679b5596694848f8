import { HeadgateError } from '../domain/errors.js';
import type { HealthPlan } from '../domain/health/health-plan.js';
import type { UnverifiedPolicy } from '../domain/traffic/serving/what-serves.js';
import type { InstalledTier } from '../domain/tier.js';
import type { HooksOfService } from '../domain/hooks/state.js';
import type { HealthProbe } from './health-probe.js';
import type { Hook } from './hooks.js';
import type { Journal } from './journal.js';
import type { MetricSource } from './metric-source.js';
import type { ObservationStore } from './observation-store.js';
import type { Route, TrafficRouter } from './traffic-router.js';

/** How to ask a backend which version it runs. */
export interface VersionProbe {
  /** A path that answers with JSON. */
  readonly path: string;
  /** The field of that JSON, e.g. `version`. */
  readonly field: string;
}

/** One service as the worker reaches it: its place in the data plane, its counts, its backends. */
export interface ServicePorts {
  readonly service: string;
  readonly route: Route;
  readonly router: TrafficRouter;
  /** Where its requests, errors and latencies are counted. */
  readonly metrics: MetricSource;
  /** Sources that a check's query may name, by name. */
  readonly sources?: Readonly<Record<string, MetricSource>>;
  readonly probe: HealthProbe;
  /** Base URLs of the backends that can be probed, by slot. */
  readonly urls: Readonly<Record<string, string>>;
  readonly version?: VersionProbe;
  /** What becomes of a rollout whose candidate nobody can ask for its version. @default 'warn' */
  readonly unverifiedVersion?: UnverifiedPolicy;
  /** How its backends are probed when a plan does not say. */
  readonly health?: HealthPlan;
  /** The names of its hooks, by moment. Absent: it has none. */
  readonly hooks?: HooksOfService;
}

/** Everything outside that a rollout needs, looked up by the service's name. */
export interface Ports {
  /** @throws UnknownServiceError */
  serviceNamed(name: string): ServicePorts;
  /** The names that it knows, told to other workers of the same task queue. Absent: it does not say. */
  readonly services?: readonly string[];
  readonly journal: Journal;
  /** What the installation may use. Absent: everything. */
  readonly tier?: InstalledTier;
  /** Where every verdict's numbers are kept. Absent: nowhere. */
  readonly observations?: ObservationStore;
  /** What is asked and told, by name. Absent: nothing. */
  readonly hooks?: Readonly<Record<string, Hook>>;
  /** The base URL of the Temporal UI. Absent: nobody is given links. */
  readonly temporalUi?: string;
}

/** Thrown when a specification names a service that the worker's configuration does not know. */
export class UnknownServiceError extends HeadgateError {
  constructor(name: string, known: readonly string[]) {
    super('UNKNOWN_SERVICE', `No service is named "${name}"`, {
      expected: known.length === 0 ? 'a service of headgate.yaml, which names none' : `one of ${known.join(', ')}`,
      got: name,
      remedy: `Add ${name} under services: in headgate.yaml and restart the worker, or correct the name`,
    });
  }
}
