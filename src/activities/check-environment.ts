import { ApplicationFailure } from '@temporalio/activity';
import { whyNotKnownHealthy } from '../domain/health/health.js';
import type { HealthPlan } from '../domain/health/health-plan.js';
import { EMPTY_PROBE_LOG } from '../domain/health/probe-log.js';
import { addRound, type ProbeLogs } from '../domain/health/probe-logs.js';
import { probeRound } from '../inspection/probe-rounds.js';
import { reportedVersions } from '../inspection/versions.js';
import type { ServicePorts } from '../ports/service.js';
import type { CheckEnvironmentInput, EnvironmentAnswer } from './contracts.js';
import type { HealthMemory } from './watch/health-memory.js';
import type { World } from './world.js';
import { activityInfo, getClient } from '@temporalio/activity';
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { WatchMemory } from './watch/stage-watch.js';

/**
 * Whether an environment may get all the traffic: it is known to be healthy by what the watch of the rollout has seen of it
 * and by one more round of probes, and holds the version that is rolled out.
 */
export async function checkEnvironment(
  { ports, health }: Pick<World, 'ports' | 'health'>,
  input: CheckEnvironmentInput,
): Promise<EnvironmentAnswer> {
  const answer = await look(ports.serviceNamed(input.plan.service), input, health);
  if (answer.fit || !input.untilHealthy) return answer;
  throw ApplicationFailure.create({ type: 'NOT_HEALTHY_YET', message: answer.reason, category: 'BENIGN' });
}

async function look(
  service: ServicePorts,
  { plan, roles, slot, rolloutId }: CheckEnvironmentInput,
  memory: HealthMemory,
): Promise<EnvironmentAnswer> {
  const health = plan.health ?? service.health;
  if (health === undefined) return { fit: false, reason: `nothing says how ${slot} is probed` };
  const own = memory.of(rolloutId)?.probesOfSlots?.[slot] ?? EMPTY_PROBE_LOG;
  const [heard, version] = await Promise.all([seenByWatch(slot), whyWrongVersion(service, plan.version, slot, roles)]);
  if (version !== null) return { fit: false, reason: version };
  // The watch may run here, or in another worker.
  const seen = newestOf(own) >= newestOf(heard) ? own : heard;
  const before = whyNotKnownHealthy(seen, health, Date.now());
  if (before !== null) return { fit: false, reason: `${slot} is not known to be healthy: ${before}` };
  const why = whyNotKnownHealthy(await oneMoreRound(service, health, slot, seen), health, Date.now());
  return why === null
    ? { fit: true, reason: `${slot} is healthy` }
    : { fit: false, reason: `${slot} is not known to be healthy: ${why}` };
}

function newestOf({ byEndpoint = {} }: ProbeLogs): number {
  return Math.max(0, ...Object.values(byEndpoint).map(({ newestAtMs = 0 }) => newestAtMs));
}

async function oneMoreRound(
  service: ServicePorts,
  health: HealthPlan,
  slot: string,
  seen: ProbeLogs,
): Promise<ProbeLogs> {
  const atMs = Date.now();
  const round = await probeRound(service, slot, health);
  return round.length === 0 ? EMPTY_PROBE_LOG : addRound(seen, round, { ...health, time: { ...health, atMs } });
}

/** Of the environment that a version is rolled out to; what cannot be known is no reason against it. */
async function whyWrongVersion(
  service: ServicePorts,
  wanted: string | undefined,
  slot: string,
  { candidate }: CheckEnvironmentInput['roles'],
): Promise<string | null> {
  if (wanted === undefined || slot !== candidate) return null;
  const held = (await reportedVersions(service))[slot];
  return held === undefined || !('version' in held) || held.version === wanted
    ? null
    : `${slot} reports ${held.version}, ${wanted} is to be rolled out`;
}

/** What the watch of this very rollout has told last of an environment, in whichever worker it runs. */
async function seenByWatch(slot: string): Promise<ProbeLogs> {
  const { workflowExecution } = activityInfo();
  if (workflowExecution === undefined) return EMPTY_PROBE_LOG;
  const client = getClient();
  const { raw } = await client.workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId).describe();
  // The one that was begun last: one that was replaced may be on its way out.
  const watch = raw.pendingActivities?.findLast(({ activityId }) => activityId?.startsWith('watch-') === true);
  const payload = watch?.heartbeatDetails?.payloads?.[0];
  if (payload == null) return EMPTY_PROBE_LOG;
  const memory = await decodeOptionalSinglePayload<WatchMemory>(client.options.loadedDataConverter, payload);
  return memory?.probesOfSlots?.[slot] ?? EMPTY_PROBE_LOG;
}
