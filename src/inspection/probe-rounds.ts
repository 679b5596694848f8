import { setTimeout as sleep } from 'node:timers/promises';
import { KNOWN_FROM_PROBES } from '../domain/health/defaults.js';
import { endpointsOf, pathOf, type HealthPlan } from '../domain/health/health-plan.js';
import { EMPTY_PROBE_LOG } from '../domain/health/probe-log.js';
import { addRound, type ProbeLogs, type ProbeOutcome } from '../domain/health/probe-logs.js';
import type { ServicePorts } from '../ports/service.js';

type Probed = Pick<ServicePorts, 'probe' | 'urls'>;

/** How long who has no past of probes waits between two rounds. */
const BETWEEN_ROUNDS_MS = 100;

/** Asks every endpoint of one backend once. One without an address cannot be asked: nothing came out. */
export async function probeRound(
  { probe, urls }: Probed,
  backend: string,
  health: HealthPlan,
  signal?: AbortSignal,
): Promise<readonly ProbeOutcome[]> {
  const url = urls[backend];
  if (url === undefined) return [];
  return Promise.all(
    endpointsOf(health).map(async (endpoint) => {
      const result = await probe.probe({ backend, url }, endpoint, health.timeoutMs, signal);
      const failure = result.healthy ? null : `GET ${url}${pathOf(endpoint)} ${result.reason}`;
      return { endpoint: pathOf(endpoint), failure };
    }),
  );
}

/** Asks as often, one round after another, as is needed to know; no more after a failure, where one is all that counts. */
export async function probeUntilKnown(
  service: Probed,
  backend: string,
  health: HealthPlan,
  { stopsAtFailure = false } = {},
): Promise<ProbeLogs> {
  let logs: ProbeLogs = EMPTY_PROBE_LOG;
  for (let round = 1; round <= KNOWN_FROM_PROBES; round += 1) {
    if (round > 1) await sleep(BETWEEN_ROUNDS_MS);
    const outcomes = await probeRound(service, backend, health);
    if (outcomes.length === 0) return logs;
    logs = addRound(logs, outcomes, { ...health, time: { ...health, atMs: Date.now() } });
    if (stopsAtFailure && outcomes.some(({ failure }) => failure !== null)) break;
  }
  return logs;
}
