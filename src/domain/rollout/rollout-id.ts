import { HeadgateError, type Problem } from '../errors.js';
import { printable } from '../text.js';

/** A rollout's own id names its service and the first run of its workflow. */
export interface RolloutId {
  readonly service: string;
  /** Absent: the service's newest rollout. */
  readonly runId?: string;
}

const WORKFLOW_ID_PREFIX = 'rollout/';

export function formatRolloutId(service: string, firstRunId: string): string {
  return `${service}@${firstRunId}`;
}

/** Reads `checkout@7f3a…` or `checkout`. */
export function parseRolloutId(text: string): RolloutId {
  const [service = '', runId, ...rest] = text.split('@');
  if (service === '' || runId === '' || rest.length > 0) {
    throw new HeadgateError('INVALID_ROLLOUT_ID', `"${text}" does not name a rollout`, {
      expected: 'a service (its newest rollout) or service@run',
      got: text,
      remedy: 'headgate list shows the ids',
    });
  }
  return runId === undefined ? { service } : { service, runId };
}

/** The server is the lock: one workflow id per service, and per environment where environments share a namespace. */
export function workflowIdOf(service: string, prefix = ''): string {
  return `${prefix}${WORKFLOW_ID_PREFIX}${service}`;
}

/**
 * What is wrong with a workflow id for a rollout of `service`: under another one a rollout runs past the lock, and nobody
 * finds it. What stands before it is the prefix of the environment, which only clients know.
 */
export function problemsOfWorkflowId(workflowId: string, service: string): Problem[] {
  const wanted = workflowIdOf(service);
  if (workflowId.endsWith(wanted)) return [];
  return [
    {
      rule: 'workflow.id',
      path: 'workflowId',
      message: `Under this workflow id nobody finds a rollout of ${service}, and another one could run beside it`,
      expected: `${wanted}, after the workflowIdPrefix where there is one`,
      got: JSON.stringify(printable(workflowId)),
      remedy: `Start it with the workflow id ${wanted}`,
    },
  ];
}
