import { NamespaceNotFoundError, WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { defineSearchAttributeKey, TypedSearchAttributes, type SearchAttributePair } from '@temporalio/common';
import { spellDuration } from '../domain/duration.js';
import { formatPercent } from '../domain/percent.js';
import { InvalidSpecError } from '../domain/errors.js';
import { readCanaryInput } from '../domain/canary/canary-input.js';
import { read } from '../domain/reading/reader.js';
import { formatRolloutId, workflowIdOf } from '../domain/rollout/rollout-id.js';
import { CANARY } from '../domain/search-attributes.js';
import { CANARY_ROLLOUT, type CanaryInput } from '../workflows/messages.js';
import { RolloutInFlightError } from './errors.js';
import { findRollout, type FoundRollout } from './find-rollout.js';
import { liveStatus } from './live-status.js';
import { memoOf } from './memo.js';
import { attributesMissing, namespaceMissing } from './namespace.js';

/** Where rollouts live on the server. */
export interface Place {
  readonly idPrefix: string;
  readonly taskQueue: string;
}

/** How long a rollout that is over may take to close before it counts as in flight. */
const CLOSING_PATIENCE_MS = 10_000;

/** What a start came to. */
export interface Started {
  readonly id: string;
  readonly service: string;
  /** The rollout was there already, for the same request or the same version. */
  readonly attached: boolean;
}

/**
 * Starts a rollout, or attaches to the one that the same request started.
 *
 * @throws InvalidSpecError with every problem of the plan.
 * @throws RolloutInFlightError when the service has another one in flight.
 * @throws NamespaceNotReadyError when the namespace is not there, or lacks the search attributes.
 */
export async function startRollout(client: Client, input: CanaryInput, place: Place): Promise<Started> {
  const { idPrefix, taskQueue } = place;
  const { problems } = read(readCanaryInput, input);
  if (problems.length > 0) throw new InvalidSpecError('The plan is refused', problems);
  const { service } = input.plan;
  const before = await sameRequest(client, input, idPrefix);
  if (before !== null) return { id: before.id, service, attached: true };
  try {
    const handle = await client.workflow.start(CANARY_ROLLOUT, {
      workflowId: workflowIdOf(service, idPrefix),
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      taskQueue,
      args: [input],
      memo: { headgate: memoOf(input) },
      typedSearchAttributes: attributesAtStart(input),
      staticSummary: summaryAtStart(input),
      staticDetails: detailsAtStart(input),
    });
    return { id: formatRolloutId(service, handle.firstExecutionRunId), service, attached: false };
  } catch (error) {
    return attachOrRefuse(client, input, place, error);
  }
}

async function attachOrRefuse(client: Client, input: CanaryInput, place: Place, error: unknown): Promise<Started> {
  if (error instanceof NamespaceNotFoundError) throw namespaceMissing(error.namespace);
  if (isMissingSearchAttribute(error)) throw attributesMissing(client.options.namespace);
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  const { service } = input.plan;
  const found = await findRollout(client, service, place.idPrefix);
  if (found === null) throw error;
  const status = await liveStatus(client, found);
  if (status.isComplete && (await closes(client, found))) return startRollout(client, input, place);
  const sameVersion = input.plan.version !== undefined && status.version === input.plan.version;
  if (
    sameRequestId(status.requestId, input.requestId) ||
    (sameVersion && isNewAttempt(status.requestId, input.requestId))
  ) {
    return { id: found.id, service, attached: true };
  }
  throw new RolloutInFlightError(status);
}

/** A rollout that is over still writes its record for a moment. */
async function closes(client: Client, { workflowId, runId }: FoundRollout): Promise<boolean> {
  const handle = client.workflow.getHandle(workflowId, runId);
  return client
    .withDeadline(Date.now() + CLOSING_PATIENCE_MS, () => handle.result())
    .then(
      () => true,
      () => false,
    );
}

/** The same request id attaches, in flight or finished. */
async function sameRequest(
  client: Client,
  { plan, requestId }: CanaryInput,
  idPrefix: string,
): Promise<FoundRollout | null> {
  if (requestId === undefined) return null;
  const newest = await findRollout(client, plan.service, idPrefix);
  if (newest === null || sameRequestId(requestIdOf(newest), requestId)) return newest;
  // Another environment of this namespace may have had the same request.
  const query = `HeadgateRequestId = '${requestId.replaceAll("'", '')}' AND WorkflowId = '${newest.workflowId}'`;
  for await (const execution of client.workflow.list({ query, pageSize: 1 })) {
    return findRollout(client, formatRolloutId(plan.service, execution.runId), idPrefix);
  }
  return null;
}

function requestIdOf({ description }: FoundRollout): string | null {
  const pair = description.typedSearchAttributes.getAll().find(({ key }) => key.name === 'HeadgateRequestId');
  return typeof pair?.value === 'string' ? pair.value : null;
}

function sameRequestId(a: string | null, b: string | undefined): boolean {
  return a !== null && a !== '' && a === b;
}

/** CI names a request `repository:run:attempt:job`; another attempt of the same job wants the same rollout. */
function isNewAttempt(a: string | null, b: string | undefined): boolean {
  const [before, now] = [a?.split(':') ?? [], b?.split(':') ?? []];
  return before.length === 4 && now.length === 4 && [0, 1, 3].every((part) => before[part] === now[part]);
}

function isMissingSearchAttribute(error: unknown): boolean {
  const text =
    error instanceof Error ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}` : '';
  return /search attribute/i.test(text);
}

/** All of them, so that a namespace without them refuses the start instead of jamming in mid-rollout. */
function attributesAtStart({ plan, requestId }: CanaryInput): TypedSearchAttributes {
  const keyword = (name: string, value: string): SearchAttributePair => ({
    key: defineSearchAttributeKey(name, 'KEYWORD'),
    value,
  });
  return new TypedSearchAttributes([
    keyword('HeadgateService', plan.service),
    keyword('HeadgateRolloutId', 'starting'),
    keyword('HeadgateRequestId', requestId ?? ''),
    keyword('HeadgateStrategy', CANARY),
    keyword('HeadgatePhase', 'waiting'),
    keyword('HeadgateVerdict', 'none'),
    keyword('HeadgateReleaseId', ''),
    { key: defineSearchAttributeKey('HeadgateStage', 'INT'), value: 0 },
    { key: defineSearchAttributeKey('HeadgateTrafficPercent', 'DOUBLE'), value: 0 },
    { key: defineSearchAttributeKey('HeadgateNeedsHuman', 'BOOL'), value: false },
  ]);
}

function summaryAtStart({ plan: { service, version }, undo }: CanaryInput): string {
  if (undo !== undefined) return `Undo of ${service}`;
  return `Canary of ${service}${version === undefined ? '' : ` ${version}`}`;
}

function detailsAtStart({ plan, requestedBy }: CanaryInput): string {
  const stages = plan.stages
    .map((stage) => `${formatPercent(stage.trafficPercent)} for ${spellDuration(stage.durationMs)}`)
    .join(' → ');
  return `${stages}\n\nStarted by ${requestedBy ?? 'somebody who did not say who'}.${plan.runbook === undefined ? '' : `\n\nRunbook: ${plan.runbook}`}`;
}
