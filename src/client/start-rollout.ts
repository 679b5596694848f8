import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { InvalidSpecError, type Problem } from '../domain/errors.js';
import type { Kinds, PreparedStart, RolloutInput, RolloutKind } from '../domain/rollout/kinds.js';
import { isObject } from '../domain/reading/combinators.js';
import { shown } from '../domain/reading/problems.js';
import { formatRolloutId, workflowIdOf } from '../domain/rollout/rollout-id.js';
import { attributePairs, type AttributeValues } from '../domain/search-attributes.js';
import { assertInTier, type InstalledTier } from '../domain/tier.js';
import { visibilityValue } from '../domain/visibility-value.js';
import { RolloutInFlightError } from './errors.js';
import { findRollout, type FoundRollout } from './find-rollout.js';
import { kindIfKnown } from './kind-of.js';
import { refuseWhileStopped } from './line-freeze.js';
import { liveStatus } from './live-status.js';
import { START_MEMO } from '../domain/traffic/serving/memo.js';
import { namespaceTrouble } from './namespace.js';
import { attributesOf } from './server-record.js';

/** Where rollouts live on the server, and what may live there. */
export interface Place {
  readonly idPrefix: string;
  readonly taskQueue: string;
  readonly kinds: Kinds;
  readonly tier: InstalledTier;
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
 * Starts a rollout of a kind, or attaches to the one that the same request started.
 *
 * @throws InvalidSpecError with every problem of the plan.
 * @throws HeadgateError `STRATEGY_NOT_IN_TIER`, `MONITORING_NOT_IN_TIER`
 * @throws RolloutInFlightError when the service has another one in flight.
 * @throws LineStoppedError when a stop of the line covers the service.
 * @throws NamespaceNotReadyError when the namespace is not there, or lacks the search attributes.
 */
export async function startRollout(client: Client, kind: RolloutKind, given: unknown, place: Place): Promise<Started> {
  const { idPrefix, taskQueue } = place;
  const start = prepareStart(kind, given);
  if (start.asks !== null) assertInTier(start.asks, place.tier);
  const { input } = start;
  const { service } = input.plan;
  const unset = problemsOfRequestId(input.requestId);
  if (unset.length > 0) throw new InvalidSpecError('The start is refused', unset);
  const before = await sameRequest(client, input, idPrefix);
  if (before !== null) return { id: before.id, service, attached: true };
  if (!isUndoAtOnce(given)) await refuseWhileStopped(client, service, idPrefix);
  try {
    const handle = await client.workflow.start(kind.workflowType, {
      workflowId: workflowIdOf(service, idPrefix),
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      taskQueue,
      args: [given],
      memo: { [START_MEMO]: start.memo },
      typedSearchAttributes: attributesAtStart(kind.strategy, input),
      staticSummary: start.summary,
      staticDetails: start.details,
    });
    return { id: formatRolloutId(service, handle.firstExecutionRunId), service, attached: false };
  } catch (error) {
    return attachOrRefuse(client, kind, start, given, place, error);
  }
}

/** The way back is open while the line is stopped. */
function isUndoAtOnce(given: unknown): boolean {
  return isObject(given) && isObject(given.undo) && given.undo.now === true;
}

/** @throws InvalidSpecError with every problem of the plan. */
export function prepareStart(kind: RolloutKind, given: unknown): PreparedStart {
  const { value, problems } = kind.begin(given);
  if (value === undefined || problems.length > 0) throw new InvalidSpecError('The plan is refused', problems);
  return value;
}

async function attachOrRefuse(
  client: Client,
  kind: RolloutKind,
  { input }: PreparedStart,
  given: unknown,
  place: Place,
  error: unknown,
): Promise<Started> {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw (await namespaceTrouble(client, error)) ?? error;
  const { service } = input.plan;
  const found = await findRollout(client, service, place.idPrefix);
  if (found === null) throw error;
  const other = kindIfKnown(place.kinds, found);
  const status = await liveStatus(client, other ?? {}, found);
  if (status.isComplete && (await closes(client, found))) return startRollout(client, kind, given, place);
  const sameVersion = input.plan.version !== undefined && status.version === input.plan.version;
  if (
    sameRequestId(status.requestId, input.requestId) ||
    (sameVersion && isNewAttempt(status.requestId, input.requestId))
  ) {
    return { id: found.id, service, attached: true };
  }
  throw new RolloutInFlightError(status, other?.place?.(status));
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
  { plan, requestId }: RolloutInput,
  idPrefix: string,
): Promise<FoundRollout | null> {
  if (requestId === undefined) return null;
  const newest = await findRollout(client, plan.service, idPrefix);
  if (newest === null || sameRequestId(requestIdOf(newest), requestId)) return newest;
  // Another environment of this namespace may have had the same request.
  const query = `HeadgateRequestId = ${visibilityValue(requestId)} AND WorkflowId = ${visibilityValue(newest.workflowId)}`;
  for await (const execution of client.workflow.list({ query })) {
    // The server ignores quotes at the ends of a value, so what it has found may be another request's.
    if (attributesOf(execution).HeadgateRequestId !== requestId) continue;
    return findRollout(client, formatRolloutId(plan.service, execution.runId), idPrefix);
  }
  return null;
}

function requestIdOf({ description }: FoundRollout): string | null {
  const id = attributesOf(description).HeadgateRequestId;
  return typeof id === 'string' ? id : null;
}

function sameRequestId(a: string | null, b: string | undefined): boolean {
  return a !== null && a !== '' && a === b;
}

/** CI names a request `repository:run:attempt:job`; any other id is one part. */
function partsOf(requestId: string | null | undefined): readonly string[] {
  const parts = requestId?.split(':') ?? [];
  return parts.length === 4 ? parts : [requestId ?? ''];
}

/** Another attempt of the same job wants the same rollout. */
function isNewAttempt(a: string | null, b: string | undefined): boolean {
  const [before, now] = [partsOf(a), partsOf(b)];
  return before.length === 4 && now.length === 4 && [0, 1, 3].every((part) => before[part] === now[part]);
}

/** Where a variable is not set, every start would have the same id, and attach to a rollout of somebody else. */
function problemsOfRequestId(requestId: string | undefined): Problem[] {
  if (requestId === undefined || partsOf(requestId).every((part) => part.trim() !== '')) return [];
  return [
    {
      rule: 'request.id',
      path: 'requestId',
      message: 'This names no request: a part of it is empty',
      expected: 'an id of one request, such as repository:run:attempt:job',
      got: shown(requestId),
      remedy: 'Set the variables that it is made of, or leave it out',
    },
  ];
}

/** All of them, so that a namespace without them refuses the start instead of jamming in mid-rollout. */
function attributesAtStart(strategy: string, { plan, requestId }: RolloutInput): TypedSearchAttributes {
  const values: AttributeValues = {
    HeadgateService: plan.service,
    HeadgateRolloutId: 'starting',
    HeadgateRequestId: requestId ?? '',
    HeadgateStrategy: strategy,
    HeadgatePhase: 'waiting',
    HeadgateVerdict: 'none',
    HeadgateReleaseId: '',
    HeadgateStage: 0,
    HeadgateTrafficPercent: 0,
    HeadgateNeedsHuman: false,
  };
  return new TypedSearchAttributes(attributePairs(values));
}
