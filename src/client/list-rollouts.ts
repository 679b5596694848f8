import type { Client } from '@temporalio/client';
import type { ListedRollout } from '../domain/rollout/listed-rollout.js';
import type { Kinds } from '../domain/rollout/kinds.js';
import { PHASES, type Phase } from '../domain/rollout/phase.js';
import { workflowIdOf } from '../domain/rollout/rollout-id.js';
import { visibilityValue } from '../domain/visibility-value.js';
import { namespaceTrouble } from './namespace.js';
import { attributesOf } from './server-record.js';

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
 * The rollouts of these kinds by one visibility query; newest first. What has just changed may take a moment to show.
 *
 * Only the rollouts of this environment, where several share a namespace.
 *
 * @throws NamespaceNotReadyError when the namespace is not there, or lacks the search attributes.
 */
export async function listRollouts(
  client: Client,
  kinds: Kinds,
  filter: ListFilter = {},
  idPrefix = '',
): Promise<ListedRollout[]> {
  try {
    return await linesOf(client, kinds, filter, idPrefix);
  } catch (error) {
    throw (await namespaceTrouble(client, error)) ?? error;
  }
}

async function linesOf(client: Client, kinds: Kinds, filter: ListFilter, idPrefix: string): Promise<ListedRollout[]> {
  const lines: ListedRollout[] = [];
  const limit = filter.limit ?? DEFAULT_LIMIT;
  for await (const execution of client.workflow.list({
    query: visibilityQuery(kinds, filter, idPrefix),
    pageSize: Math.min(Math.max(limit, 1), 200),
  })) {
    if (lines.length >= limit) break;
    const value = attributesOf(execution);
    if (!isMeant(execution.workflowId, value, filter, idPrefix)) continue;
    const line: ListedRollout = {
      id: String(value.HeadgateRolloutId),
      service: String(value.HeadgateService),
      strategy: String(value.HeadgateStrategy),
      phase: phaseOf(execution.status.name, value.HeadgatePhase),
      needsHuman: value.HeadgateNeedsHuman === true,
      startedAt: execution.startTime.toISOString(),
      endedAt: execution.closeTime?.toISOString() ?? null,
    };
    lines.push(kinds.of(line.strategy, execution.type)?.listed?.(line, value) ?? line);
  }
  return lines;
}

/** The server ignores quotes at the ends of a value, so what it has found may be another's. */
function isMeant(
  workflowId: string,
  { HeadgateService, HeadgatePhase }: Readonly<Record<string, unknown>>,
  { service, phase }: ListFilter,
  idPrefix: string,
): boolean {
  if (!workflowId.startsWith(workflowIdOf('', idPrefix))) return false;
  return (service ?? HeadgateService) === HeadgateService && (phase ?? HeadgatePhase) === HeadgatePhase;
}

function phaseOf(status: string, phase: unknown): ListedRollout['phase'] {
  if (status === 'TERMINATED' || status === 'CANCELLED') return 'terminated';
  if (status === 'FAILED' || status === 'TIMED_OUT') return 'failed';
  return PHASES.find((known) => known === phase) ?? 'waiting';
}

function visibilityQuery(kinds: Kinds, filter: ListFilter, idPrefix: string): string {
  const { service, phase, inFlight, needsHuman } = filter;
  return [
    `HeadgateStrategy IN (${kinds.all.map(({ strategy }) => visibilityValue(strategy)).join(', ')})`,
    `WorkflowId STARTS_WITH ${visibilityValue(workflowIdOf('', idPrefix))}`,
    "ExecutionStatus != 'ContinuedAsNew'",
    ...(service === undefined ? [] : [`HeadgateService = ${visibilityValue(service)}`]),
    ...(phase === undefined ? [] : [`HeadgatePhase = ${visibilityValue(phase)}`]),
    ...(inFlight === true ? ["ExecutionStatus = 'Running'"] : []),
    ...(needsHuman === true ? ['HeadgateNeedsHuman = true'] : []),
  ].join(' AND ');
}
