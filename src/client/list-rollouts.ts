import { NamespaceNotFoundError, type Client } from '@temporalio/client';
import { PHASES, type Phase } from '../domain/rollout/phase.js';
import { workflowIdOf } from '../domain/rollout/rollout-id.js';
import { CANARY } from '../domain/search-attributes.js';
import { attributesMissing, namespaceMissing } from './namespace.js';

/** One line of a list. */
export interface RolloutSummary {
  readonly id: string;
  readonly service: string;
  readonly phase: Phase | 'terminated' | 'failed';
  readonly stage: number;
  readonly trafficPercentage: number;
  readonly needsHuman: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

export interface ListFilter {
  readonly service?: string;
  readonly phase?: Phase;
  /** Only those in flight. */
  readonly inFlight?: boolean;
  readonly needsHuman?: boolean;
  /** Default 50. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 50;

/**
 * One visibility query; newest first. What has just changed may take a moment to show.
 *
 * Only the rollouts of this environment, where several share a namespace.
 *
 * @throws NamespaceNotReadyError when the namespace is not there, or lacks the search attributes.
 */
export async function listRollouts(client: Client, filter: ListFilter = {}, idPrefix = ''): Promise<RolloutSummary[]> {
  try {
    return await summariesOf(client, filter, idPrefix);
  } catch (error) {
    if (error instanceof NamespaceNotFoundError) throw namespaceMissing(error.namespace);
    if (isUnknownAttribute(error)) throw attributesMissing(client.options.namespace);
    throw error;
  }
}

async function summariesOf(client: Client, filter: ListFilter, idPrefix: string): Promise<RolloutSummary[]> {
  const summaries: RolloutSummary[] = [];
  const limit = filter.limit ?? DEFAULT_LIMIT;
  for await (const execution of client.workflow.list({
    query: visibilityQuery(filter, idPrefix),
    pageSize: Math.min(limit, 200),
  })) {
    const value = Object.fromEntries(
      execution.typedSearchAttributes.getAll().map(({ key, value: held }) => [key.name, held]),
    );
    summaries.push({
      id: String(value.HeadgateRolloutId),
      service: String(value.HeadgateService),
      phase: phaseOf(execution.status.name, value.HeadgatePhase),
      stage: Number(value.HeadgateStage ?? 0),
      trafficPercentage: Number(value.HeadgateTrafficPercent ?? 0),
      needsHuman: value.HeadgateNeedsHuman === true,
      startedAt: execution.startTime.toISOString(),
      endedAt: execution.closeTime?.toISOString() ?? null,
    });
    if (summaries.length === limit) break;
  }
  return summaries;
}

function phaseOf(status: string, phase: unknown): RolloutSummary['phase'] {
  if (status === 'TERMINATED') return 'terminated';
  if (status === 'FAILED' || status === 'TIMED_OUT') return 'failed';
  return PHASES.find((known) => known === phase) ?? 'waiting';
}

function visibilityQuery({ service, phase, inFlight, needsHuman }: ListFilter, idPrefix: string): string {
  return [
    `HeadgateStrategy = '${CANARY}'`,
    `WorkflowId STARTS_WITH '${workflowIdOf('', idPrefix)}'`,
    "ExecutionStatus != 'ContinuedAsNew'",
    ...(service === undefined ? [] : [`HeadgateService = '${service.replaceAll("'", '')}'`]),
    ...(phase === undefined ? [] : [`HeadgatePhase = '${phase}'`]),
    ...(inFlight === true ? ["ExecutionStatus = 'Running'"] : []),
    ...(needsHuman === true ? ['HeadgateNeedsHuman = true'] : []),
  ].join(' AND ');
}

/** A query for an attribute that the namespace does not have is refused as a whole. */
function isUnknownAttribute(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && /search attribute/i.test(error.cause.message);
}
