import {
  NamespaceNotFoundError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { FREEZE_MEMO, frozenBy, lineWorkflowId, readFreeze, type Freeze } from '../domain/stop-the-line/freeze.js';
import { EVERYTHING } from '../domain/stop-the-line/scope.js';
import { LineStoppedError } from './errors.js';
import { namespaceMissing } from './namespace.js';

/** The workflow as the server knows it; `null` where there was none. */
export async function describeLine(client: Client, idPrefix: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(lineWorkflowId(idPrefix)).describe();
  } catch (error) {
    if (error instanceof NamespaceNotFoundError) throw namespaceMissing(error.namespace);
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Which stops refuse starts now: one look at the server, which needs no worker. */
export async function readLineFreeze(client: Client, idPrefix: string): Promise<Freeze> {
  return freezeIn(await describeLine(client, idPrefix));
}

export function freezeIn(description: WorkflowExecutionDescription | null): Freeze {
  if (description?.status.name !== 'RUNNING') return [];
  return readFreeze(description.memo?.[FREEZE_MEMO]) ?? [untold(description)];
}

/** Started by hand a moment ago, or without a worker: what it is about nobody has read yet. */
function untold({ startTime }: WorkflowExecutionDescription) {
  return {
    id: 'new',
    scope: EVERYTHING,
    reason: 'it has just begun, and has not told what it is about',
    by: null,
    at: startTime.toISOString(),
    inForceSince: null,
    commandId: null,
  };
}

/** @throws LineStoppedError when a stop covers the service. */
export async function refuseWhileStopped(client: Client, service: string, idPrefix: string): Promise<void> {
  const stop = frozenBy(await readLineFreeze(client, idPrefix), service);
  if (stop !== null) throw new LineStoppedError(service, stop);
}
