import { thresholdOf, type HealthPlan } from './health-plan.js';
import {
  addProbe,
  EMPTY_PROBE_LOG,
  probeSuccess,
  unhealthyBecause,
  type ProbeLog,
  type ProbeRules,
  type ProbeTime,
} from './probe-log.js';

/**
 * The newest probes of a backend, a log per endpoint: what three endpoints say in one round is not one endpoint's three
 * failures in a row.
 *
 * Its own `results` and `lastFailure` are those of the endpoint that does worst. Without `byEndpoint` it was written by
 * an older worker, which kept one log for all endpoints.
 */
export interface ProbeLogs extends ProbeLog {
  readonly byEndpoint?: Readonly<Record<string, ProbeLog>>;
}

/** How one endpoint answered; `failure` is why it is unhealthy, `null` when it is healthy. */
export interface ProbeOutcome {
  readonly endpoint: string;
  readonly failure: string | null;
}

/** The logs after one more round. Endpoints that the round does not name are forgotten. */
export function addRound(
  logs: ProbeLogs,
  round: readonly ProbeOutcome[],
  rules: ProbeRules & { readonly time?: ProbeTime } = {},
): ProbeLogs {
  const known = knownOf(
    logs,
    round.map(({ endpoint }) => endpoint),
  );
  const after = new Map<string, ProbeLog>();
  for (const { endpoint, failure } of round) {
    const before = known.get(endpoint) ?? EMPTY_PROBE_LOG;
    after.set(endpoint, addProbe(before, failure === null, failure, rules));
  }
  return { ...worstOf([...after.values()]), byEndpoint: Object.fromEntries(after) };
}

/** The endpoints that are unhealthy, each with one sentence why. */
export function unhealthyEndpoints(
  { byEndpoint = {} }: ProbeLogs,
  health: HealthPlan,
): readonly { readonly endpoint: string; readonly because: string }[] {
  return Object.entries(byEndpoint).flatMap(([endpoint, log]) => {
    const because = unhealthyBecause(log, thresholdOf(health, endpoint), health);
    return because === null ? [] : [{ endpoint, because }];
  });
}

/** The log of one endpoint; `undefined` where it was never probed. */
export function logOf({ byEndpoint = {} }: ProbeLogs, path: string): ProbeLog | undefined {
  return Object.hasOwn(byEndpoint, path) ? byEndpoint[path] : undefined;
}

function knownOf({ byEndpoint, ...all }: ProbeLogs, endpoints: readonly string[]): ReadonlyMap<string, ProbeLog> {
  if (byEndpoint !== undefined) return new Map(Object.entries(byEndpoint));
  return new Map(endpoints.map((endpoint, index) => [endpoint, partOf(all, index, endpoints.length)]));
}

/** The log for all endpoints got one result of each per round, in their order: its last result is the last endpoint's. */
function partOf({ results, lastFailure }: ProbeLog, index: number, endpoints: number): ProbeLog {
  const own = results.filter((_, at) => (results.length - 1 - at) % endpoints === endpoints - 1 - index);
  return { results: own, lastFailure: own.includes(false) ? lastFailure : null };
}

function worstOf(logs: readonly ProbeLog[]): ProbeLog {
  return logs.reduce(
    (worst, log) => ((probeSuccess(log) ?? 1) < (probeSuccess(worst) ?? 1) ? log : worst),
    logs[0] ?? EMPTY_PROBE_LOG,
  );
}
