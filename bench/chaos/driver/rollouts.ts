import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { ClosedFact, RolloutFact } from '../timeline/timeline.js';
import { shortened } from './shortened.js';

/** Every rollout that Temporal knows, each with all its runs, oldest first. */
export async function allRollouts(client: Client): Promise<readonly RolloutFact[]> {
  const chains = new Map<string, WorkflowExecutionInfo[]>();
  for await (const execution of client.workflow.list({ query: `WorkflowId STARTS_WITH 'rollout/'` })) {
    const first = execution.raw.firstRunId || execution.runId;
    chains.set(first, [...(chains.get(first) ?? []), execution]);
  }
  const rollouts = await Promise.all([...chains].map(([first, runs]) => rolloutOf(client, first, runs)));
  return rollouts.sort((a, b) => a.startedMs - b.startedMs);
}

async function rolloutOf(
  client: Client,
  firstRunId: string,
  runs: readonly WorkflowExecutionInfo[],
): Promise<RolloutFact> {
  const ordered = [...runs].sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('a rollout without a run');
  return {
    service: first.workflowId.replace(/^rollout\//, ''),
    firstRunId,
    startedMs: first.startTime.getTime(),
    closed: last.closeTime === undefined ? null : await closedFact(client, last, last.closeTime.getTime(), ordered),
  };
}

interface Result {
  readonly outcome?: string;
  readonly reason?: string;
  readonly weights?: unknown;
}

async function closedFact(
  client: Client,
  { workflowId, runId, status }: WorkflowExecutionInfo,
  atMs: number,
  runs: readonly WorkflowExecutionInfo[],
): Promise<ClosedFact> {
  const lengths = runs.map(({ historyLength }) => historyLength);
  const common = {
    atMs,
    status: status.name,
    events: lengths.reduce((sum, length) => sum + length, 0),
    longestRunEvents: Math.max(...lengths),
  };
  if (status.name !== 'COMPLETED') {
    const reason = await client.workflow
      .getHandle(workflowId, runId)
      .result()
      .then(String, (error: unknown) => shortened(error instanceof Error ? (error.cause ?? error) : error));
    return { ...common, outcome: null, reason, moved: true };
  }
  const result = ((await client.workflow.getHandle(workflowId, runId).result()) ?? {}) as Result;
  return {
    ...common,
    outcome: result.outcome ?? null,
    reason: shortened(result.reason ?? ''),
    moved: result.weights !== null && result.weights !== undefined,
  };
}
