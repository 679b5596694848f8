import type { Client } from '@temporalio/client';
import { InvalidSpecError, type Problem } from '../domain/errors.js';
import type { BackendHealth, ServiceHealth } from '../domain/health/health.js';
import { partialHealthPlan } from '../domain/health/health-fields.js';
import type { HealthEndpoint, HealthPlan } from '../domain/health/health-plan.js';
import { problemsOfPartialHealth } from '../domain/health/health-rules.js';
import { read } from '../domain/reading/reader.js';
import type { StatusBase } from '../domain/rollout/status.js';
import { LONGEST_MS, problemsOfTime } from '../domain/time-rules.js';
import type { WatchPicture } from '../domain/traffic/picture.js';
import type { ServiceMetrics } from '../domain/traffic/service-metrics.js';
import { DEFAULT_PLAN } from '../spec/defaults.js';
import { definedOnly } from '../spec/defined-only.js';
import { readDuration } from '../spec/units/duration.js';
import { TASK_QUEUE } from '../workflows/messages.js';
import { RolloutNotFoundError } from './errors.js';
import { findRollout, type FoundRollout } from './find-rollout.js';
import { pictureOf } from './live-status.js';
import { lookAtService, type LookingPlace } from './look-at-service.js';
import { idOf, type RolloutRef } from './messenger.js';

/** How the environments of deployments are probed. What is absent is as their service says in `headgate.yaml`. */
export interface HealthCheckConfig {
  /** Paths such as `/health`, or paths with more to ask of the answer. */
  readonly endpoints?: readonly HealthEndpoint[];
  /** How often a running rollout probes: what its watch knows counts for twice as long. @default 30 */
  readonly intervalSeconds?: number;
  /** How long an answer may take. @default 2 */
  readonly timeoutSeconds?: number;
  /** The share of probes that must succeed, 0–1. @default 0.95 */
  readonly successThreshold?: number;
}

export interface CheckHealthOptions {
  /** Rollouts: `service@run`, or a service for its newest one. */
  readonly deploymentIds: readonly RolloutRef[];
  readonly config?: HealthCheckConfig;
}

/** How one environment of a deployment is. */
export interface CheckedEnvironment extends BackendHealth {
  /** At least as healthy as is wanted; `null`: unknown. */
  readonly isHealthy: boolean | null;
}

/** How one deployment is. */
export interface DeploymentHealth extends Omit<ServiceHealth, 'environments'> {
  readonly id: string;
  readonly service: string;
  /** By slot, e.g. `blue` and `green`. */
  readonly environments: Readonly<Record<string, CheckedEnvironment>>;
  /** `watch`: from what the watch of the rollout has probed anyway; `probes`: asked just now. */
  readonly source: 'watch' | 'probes';
}

export interface GetMetricsOptions {
  readonly deploymentId: RolloutRef;
  /** Up to now: `15m`, `1h`, `7d`. @default '1h' */
  readonly timeRange?: string;
}

/** What the service of a deployment has served. */
export interface DeploymentMetrics extends ServiceMetrics {
  readonly id: string;
  readonly service: string;
  readonly timeRange: string;
}

export interface DeploymentMonitorOptions {
  readonly client: Client;
  /** Where environments share a namespace: put before every workflow id. Default: nothing. */
  readonly workflowIdPrefix?: string;
  /** What the workers poll. Default `headgate`. */
  readonly taskQueue?: string;
  /** Reads a finished rollout from the journal, when the server has forgotten it. */
  readonly recall?: (id: string) => Promise<StatusBase | null>;
}

const DEFAULT_RANGE = '1h';

/** What a watch has seen counts for so many of its intervals. */
const LIVE_INTERVALS = 2;

/** So often every endpoint is asked. */
const ROUNDS = 5;

/** How deployments are, from a program: their health and what they serve. Changes nothing. */
export class DeploymentMonitor {
  private readonly place: LookingPlace;

  constructor(private readonly options: DeploymentMonitorOptions) {
    const { client, workflowIdPrefix: idPrefix = '', taskQueue = TASK_QUEUE } = options;
    this.place = { client, idPrefix, taskQueue };
  }

  /**
   * How each environment of these deployments is, 0–1, or unknown; by the id that was asked for.
   *
   * What the watch of a running rollout knows of both is told as it is. Otherwise, and where endpoints are named, every
   * endpoint is asked five times, a tenth of a second apart.
   *
   * @throws RolloutNotFoundError
   * @throws InvalidSpecError when the configuration makes no sense, with every problem at once.
   * @throws HeadgateError `NO_WORKER` when no worker looks in time, `UNKNOWN_SERVICE`
   */
  async checkHealth({
    deploymentIds,
    config = {},
  }: CheckHealthOptions): Promise<Readonly<Record<string, DeploymentHealth>>> {
    const wanted = wantedOf(config);
    const ids = [...new Set(deploymentIds.map(idOf))];
    const healths = await Promise.all(ids.map(async (id) => [id, await this.healthOf(id, wanted)] as const));
    return Object.fromEntries(healths);
  }

  /**
   * What the service of a deployment has served in a range of time up to now, in all and by backend. What its source
   * cannot know is `undefined`, never 0.
   *
   * @throws RolloutNotFoundError
   * @throws InvalidSpecError when the range is no time.
   * @throws HeadgateError `NO_WORKER` when no worker looks in time, `UNKNOWN_SERVICE`
   */
  async getMetrics({ deploymentId, timeRange = DEFAULT_RANGE }: GetMetricsOptions): Promise<DeploymentMetrics> {
    const rangeMs = rangeOf(timeRange);
    const { id, service } = await this.found(idOf(deploymentId));
    const seen = await lookAtService<ServiceMetrics>(this.place, { kind: 'metrics', service, rangeMs });
    return { id, service, timeRange, ...seen };
  }

  private async healthOf(given: string, wanted: Partial<HealthPlan>): Promise<DeploymentHealth> {
    const { id, service, found } = await this.found(given);
    const threshold = wanted.successThreshold ?? DEFAULT_PLAN.health.successThreshold;
    const live = wanted.endpoints === undefined && found !== null ? await this.liveHealth(found, wanted) : null;
    const waitsMs = ROUNDS * (wanted.timeoutMs ?? DEFAULT_PLAN.health.timeoutMs);
    const { environments, ...seen } =
      live ?? (await lookAtService<ServiceHealth>(this.place, { kind: 'health', service, health: wanted }, waitsMs));
    const judged = Object.entries(environments).map(([slot, environment]) => {
      const { health } = environment;
      return [slot, { ...environment, isHealthy: health === null ? null : health >= threshold }] as const;
    });
    return {
      id,
      service,
      ...seen,
      environments: Object.fromEntries(judged),
      source: live === null ? 'probes' : 'watch',
    };
  }

  /** What the watch of a rollout has seen of both environments; `null` where it does not look at both, or not now. */
  private async liveHealth(found: FoundRollout, wanted: Partial<HealthPlan>): Promise<ServiceHealth | null> {
    if (found.description.status.name !== 'RUNNING') return null;
    const picture = (await pictureOf(this.place.client, found.description)) as WatchPicture | null;
    const ageMs = picture === null ? Infinity : Date.now() - Date.parse(picture.at);
    const freshMs = LIVE_INTERVALS * (wanted.intervalMs ?? DEFAULT_PLAN.health.intervalMs);
    if (picture?.health === undefined || !(ageMs <= freshMs)) return null;
    const { roles, candidate, baseline } = picture.health;
    return { environments: { [roles.baseline]: baseline, [roles.candidate]: candidate }, asOf: picture.at };
  }

  private async found(
    given: string,
  ): Promise<{ readonly id: string; readonly service: string; readonly found: FoundRollout | null }> {
    const found = await findRollout(this.place.client, given, this.place.idPrefix);
    if (found !== null) return { id: found.id, service: found.service, found };
    const recalled = (await this.options.recall?.(given)) ?? null;
    if (recalled === null) throw new RolloutNotFoundError(given);
    return { id: recalled.id, service: recalled.service, found: null };
  }
}

/** In the domain's words. */
function wantedOf({
  endpoints,
  intervalSeconds,
  timeoutSeconds,
  successThreshold,
}: HealthCheckConfig): Partial<HealthPlan> {
  const wanted = definedOnly({
    endpoints,
    intervalMs: intervalSeconds === undefined ? undefined : intervalSeconds * 1000,
    timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
    successThreshold,
  });
  const { value, problems } = read(partialHealthPlan, wanted, 'config');
  const wrong = [...problems, ...(value === undefined ? [] : problemsOfPartialHealth(value, 'config'))];
  if (wrong.length > 0) throw new InvalidSpecError('The health check', wrong.map(inSeconds));
  return wanted;
}

function inSeconds(problem: Problem): Problem {
  return { ...problem, path: problem.path.replace(/\.(interval|timeout)Ms$/, '.$1Seconds') };
}

/** In milliseconds. */
function rangeOf(timeRange: string): number {
  const range = readDuration(timeRange);
  const problems = 'value' in range ? problemsOfTime('timeRange', range.value, LONGEST_MS) : [range.refused];
  if (!('value' in range) || problems.length > 0)
    throw new InvalidSpecError(
      'The range of metrics',
      problems.map((problem) => ({ ...problem, path: 'timeRange' })),
    );
  return range.value;
}
