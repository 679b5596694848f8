import {
  NamespaceNotFoundError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { formatRolloutId, parseRolloutId, workflowIdOf } from '../domain/rollout/rollout-id.js';
import { visibilityValue } from '../domain/visibility-value.js';
import { namespaceMissing } from './namespace.js';

/** A rollout as the server knows it: the latest run of its chain. */
export interface FoundRollout {
  readonly id: string;
  readonly service: string;
  readonly workflowId: string;
  /** The run that its id names. Updates and cancel are bound to it. */
  readonly firstRunId: string;
  /** The latest run of the chain: what is queried and described. */
  readonly runId: string;
  readonly description: WorkflowExecutionDescription;
}

/**
 * Finds a rollout by `service` (the newest) or `service@run`; `null` when the server does not know it (any more).
 *
 * @throws NamespaceNotReadyError when there is no such namespace.
 */
export async function findRollout(client: Client, id: string, idPrefix: string): Promise<FoundRollout | null> {
  const { service, runId } = parseRolloutId(id);
  const workflowId = workflowIdOf(service, idPrefix);
  const newest = await describe(client, workflowId);
  if (newest === null) return null;
  const found = toFound(service, newest);
  if (runId === undefined || runId === found.firstRunId) return found;
  return findOlder(client, service, workflowId, runId);
}

const RUN_ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** An older rollout's latest run is not the one that its id names when it continued as new. */
async function findOlder(
  client: Client,
  service: string,
  workflowId: string,
  firstRunId: string,
): Promise<FoundRollout | null> {
  // The server refuses to look for what cannot be a run.
  if (!RUN_ID.test(firstRunId)) return null;
  const id = formatRolloutId(service, firstRunId);
  for await (const execution of client.workflow.list({
    query: `HeadgateRolloutId = ${visibilityValue(id)} AND WorkflowId = ${visibilityValue(workflowId)} AND ExecutionStatus != 'ContinuedAsNew'`,
    pageSize: 1,
  })) {
    if (execution.workflowId !== workflowId) continue;
    const description = await describe(client, execution.workflowId, execution.runId);
    return description === null ? null : toFound(service, description);
  }
  const description = await describe(client, workflowId, firstRunId);
  return description === null ? null : toFound(service, description);
}

async function describe(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof NamespaceNotFoundError) throw namespaceMissing(error.namespace);
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function toFound(service: string, description: WorkflowExecutionDescription): FoundRollout {
  const { runId, workflowId } = description;
  const firstRunId = description.raw.workflowExecutionInfo?.firstRunId || runId;
  return { id: formatRolloutId(service, firstRunId), service, workflowId, firstRunId, runId, description };
}
