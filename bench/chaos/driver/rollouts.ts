import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { ClosedFact, RolloutFact } from '../timeline/timeline.js';
import { shortened } from './shortened.js';

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/**
 * Every rollout that Temporal knows, each with all its runs, oldest first.
 *
 * @param suspects first runs of those whose workflow task failed
 */
export async function allRollouts(client: Client, suspects: ReadonlySet<string>): Promise<readonly RolloutFact[]> {
  const chains = new Map<string, WorkflowExecutionDescription[]>();
  for await (const { workflowId, runId } of client.workflow.list({ query: `WorkflowId STARTS_WITH 'rollout/'` })) {
    // A list lags behind, and does not tell which run was the first of its chain.
    const run = await client.workflow.getHandle(workflowId, runId).describe();
    const first = run.raw.workflowExecutionInfo?.firstRunId || runId;
    chains.set(first, [...(chains.get(first) ?? []), run]);
  }
  const rollouts = await Promise.all(
    [...chains].map(([first, runs]) => rolloutOf(client, first, runs, suspects.has(first))),
  );
  return rollouts.sort((a, b) => a.startedMs - b.startedMs);
}

/** Whether a service has a rollout in flight. */
export async function isInFlight(client: Client, service: string): Promise<boolean> {
  const description = await client.workflow.getHandle(`rollout/${service}`).describe();
  return description.status.name === 'RUNNING';
}

async function rolloutOf(
  client: Client,
  firstRunId: string,
  runs: readonly WorkflowExecutionDescription[],
  isSuspect: boolean,
): Promise<RolloutFact> {
  const ordered = [...runs].sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('a rollout without a run');
  return {
    service: first.workflowId.replace(/^rollout\//, ''),
    firstRunId,
    startedMs: first.startTime.getTime(),
    taskFailure: isSuspect ? await taskFailure(client, last) : null,
    closed: last.closeTime === undefined ? null : await closedFact(client, last, last.closeTime.getTime(), ordered),
  };
}

async function taskFailure(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
): Promise<string | null> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const failed = events?.findLast((event) => event.workflowTaskFailedEventAttributes != null);
  const attributes = failed?.workflowTaskFailedEventAttributes;
  if (attributes == null) return null;
  return shortened(`${WorkflowTaskFailedCause[attributes.cause ?? 0] ?? ''}: ${attributes.failure?.message ?? ''}`);
}

interface Result {
  readonly outcome?: string;
  readonly reason?: string;
  readonly weights?: unknown;
  readonly moved?: boolean;
}

async function closedFact(
  client: Client,
  { workflowId, runId, status }: WorkflowExecutionDescription,
  atMs: number,
  runs: readonly WorkflowExecutionDescription[],
): Promise<ClosedFact> {
  const lengths = runs.map(({ historyLength }) => historyLength);
  const common = {
    atMs,
    status: status.name,
    events: lengths.reduce((sum, length) => sum + length, 0),
    longestRunEvents: Math.max(...lengths),
  };
  const handle = client.workflow.getHandle(workflowId, runId);
  if (status.name !== 'COMPLETED') {
    const reason = await handle
      .result()
      .then(String, (error: unknown) => shortened(error instanceof Error ? (error.cause ?? error) : error));
    return { ...common, outcome: null, reason, moved: true };
  }
  const result = ((await handle.result()) ?? {}) as Result;
  return {
    ...common,
    outcome: result.outcome ?? null,
    reason: shortened(result.reason ?? ''),
    moved: result.moved ?? (result.weights !== null && result.weights !== undefined),
  };
}
