import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApplicationFailure,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { isObject } from '../domain/reading/combinators.js';
import { freezeMemo, lineWorkflowId, STOP_THE_LINE, type Freeze } from '../domain/stop-the-line/freeze.js';
import { readLineCommand } from '../domain/stop-the-line/commands.js';
import { scopeWords, EVERYTHING, type Scope } from '../domain/stop-the-line/scope.js';
import type { EndedStopStatus, LineStatus, LineStopStatus } from '../domain/stop-the-line/status.js';
import { STATUS_QUERY } from '../workflows/messages.js';
import { LineRefusedError, NothingStoppedError, ScopeError } from './errors.js';
import { describeLine, freezeIn, readLineFreeze } from './line-freeze.js';
import { namespaceTrouble } from './namespace.js';
import type { Place } from './start-rollout.js';

export interface StopTheLineOptions {
  /** Names of services, in which `*` stands for any characters. Default: every service. */
  readonly scope?: Scope;
  readonly reason: string;
  /** Who asks. */
  readonly by?: string;
  /** How long to wait until nothing in scope is in flight. Default 60 s; 0: not at all. The stop goes on all the same. */
  readonly timeoutMs?: number;
  /** Told whenever another status is seen. */
  readonly onProgress?: (stop: LineStopStatus) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

export interface ReleaseOptions {
  /** Which stop: see its status. Absent: the one of this scope. */
  readonly stop?: string;
  readonly scope?: Scope;
  readonly reason: string;
  readonly by?: string;
}

/** What became of a stop so far. */
export interface LineStopped {
  /** Nothing in scope is in flight, no share of a candidate is above 0, and starts are refused. */
  readonly isInForce: boolean;
  /** `none`: the server has it, and it is carried out as soon as a worker comes. */
  readonly worker: 'answering' | 'none';
  /** As the workflow tells it; `null` while nobody does. */
  readonly stop: LineStopStatus | null;
  /** Every stop that there is now. */
  readonly stops: readonly LineStopStatus[];
}

export interface Released {
  /** What was released, in one sentence; `null` while no worker has taken it. */
  readonly effect: string | null;
  /** The stops that are still in force. */
  readonly freeze: Freeze;
}

/** The freeze as the server alone knows it, and what the workflow tells where a worker answers. */
export interface LineView {
  readonly freeze: Freeze;
  readonly status: LineStatus | null;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/** How long a worker may take to answer before we say that there is none. */
const ANSWER_DEADLINE_MS = 5000;
const QUERY_DEADLINE_MS = 2000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

/** Asks for a stop, and waits until it holds: see `DeploymentManager.stopTheLine`. */
export async function stopTheLine(client: Client, options: StopTheLineOptions, place: Place): Promise<LineStopped> {
  const { scope = EVERYTHING, reason, by } = options;
  const command = readLineCommand({ scope, reason, by, commandId: randomUUID() });
  if (command.scope == null) throw new ScopeError(scope);
  const { commandId = '' } = command;
  const at = new Date().toISOString();
  try {
    await client.workflow.signalWithStart(STOP_THE_LINE, {
      workflowId: lineWorkflowId(place.idPrefix),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      taskQueue: place.taskQueue,
      args: [{ waits: true }],
      signal: 'stop',
      signalArgs: [command],
      // Stored by the server itself: starts are refused before any worker has looked at it.
      memo: freezeMemo([{ id: 'new', scope: command.scope, reason, by: by ?? null, at }]),
      staticSummary: `Stop of ${scopeWords(command.scope)}`,
      staticDetails: 'Brings everything in scope back, and refuses starts until it is released.',
    });
  } catch (error) {
    throw (await namespaceTrouble(client, error)) ?? error;
  }
  return untilInForce(client, commandId, options, place);
}

async function untilInForce(
  client: Client,
  commandId: string,
  { timeoutMs = DEFAULT_TIMEOUT_MS, onProgress, signal }: StopTheLineOptions,
  place: Place,
): Promise<LineStopped> {
  const endsAt = performance.now() + timeoutMs;
  let answeredAt = performance.now();
  let seen = '';
  let last: LineStopped = { isInForce: false, worker: 'none', stop: null, stops: [] };
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const told = await tellLine(client, place, QUERY_DEADLINE_MS);
    if (told !== null) {
      answeredAt = performance.now();
      refuseRefused(told.ended, commandId);
      const stop = told.stops.find((one) => one.commandId === commandId) ?? null;
      last = { isInForce: stop?.inForceSince != null, worker: 'answering', stop, stops: told.stops };
      const picture = JSON.stringify(stop);
      if (stop !== null && picture !== seen) onProgress?.(stop);
      seen = picture;
      // Somebody may have released it meanwhile.
      if (last.isInForce || told.ended.some((one) => one.commandId === commandId)) return last;
    }
    const isUnanswered = performance.now() - answeredAt > ANSWER_DEADLINE_MS;
    if (isUnanswered && last.worker === 'none') return last;
    if (performance.now() + pauseMs >= endsAt || signal?.aborted === true) return last;
    await sleep(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

/** @throws LineRefusedError when the stop is about nothing. */
function refuseRefused(ended: readonly EndedStopStatus[], commandId: string): void {
  const refused = ended.find((one) => one.commandId === commandId && one.how === 'refused');
  if (refused !== undefined)
    throw new LineRefusedError('SCOPE_MATCHES_NOTHING', `Nothing was stopped: ${refused.why ?? 'refused'}`);
}

type Told = Pick<LineStatus, 'stops' | 'ended'>;

/** As the workflow tells it, also after it has ended; `null` where no worker answers in time. */
async function tellLine(client: Client, { idPrefix }: Place, deadlineMs: number): Promise<Told | null> {
  const handle = client.workflow.getHandle(lineWorkflowId(idPrefix));
  try {
    return await client.withDeadline(Date.now() + deadlineMs, () => handle.query<LineStatus>(STATUS_QUERY));
  } catch {
    return toldAtEnd(client, idPrefix);
  }
}

async function toldAtEnd(client: Client, idPrefix: string): Promise<Told | null> {
  const description = await describeLine(client, idPrefix);
  if (description?.status.name !== 'COMPLETED') return null;
  const outcome: unknown = await client.workflow.getHandle(description.workflowId, description.runId).result();
  if (!isObject(outcome) || !Array.isArray(outcome.stops)) return null;
  return { stops: [], ended: outcome.stops as readonly EndedStopStatus[] };
}

/** The freeze, and what the workflow tells besides. */
export async function lookAtLine(client: Client, place: Place): Promise<LineView> {
  const freeze = await readLineFreeze(client, place.idPrefix);
  if (freeze.length === 0) return { freeze, status: null };
  const handle = client.workflow.getHandle(lineWorkflowId(place.idPrefix));
  const status = await client
    .withDeadline(Date.now() + QUERY_DEADLINE_MS, () => handle.query<LineStatus>(STATUS_QUERY))
    .catch(() => null);
  return { freeze, status };
}

/** Ends one stop: see `DeploymentManager.releaseTheLine`. */
export async function releaseTheLine(
  client: Client,
  { stop, scope, reason, by }: ReleaseOptions,
  place: Place,
): Promise<Released> {
  const description = await describeLine(client, place.idPrefix);
  const freeze = freezeIn(description);
  if (description === null || freeze.length === 0) throw new NothingStoppedError();
  const commandId = randomUUID();
  const command = readLineCommand({ id: stop, scope, reason, by, commandId });
  if (command.scope === null) throw new ScopeError(scope ?? []);
  const firstExecutionRunId = description.raw.workflowExecutionInfo?.firstRunId || description.runId;
  const handle = client.workflow.getHandle(description.workflowId, undefined, { firstExecutionRunId });
  try {
    const { effect } = await client.withDeadline(Date.now() + ANSWER_DEADLINE_MS, () =>
      handle.executeUpdate<{ readonly effect: string }, [object]>('release', {
        args: [command],
        updateId: `release:${commandId}`,
      }),
    );
    return { effect, freeze: await readLineFreeze(client, place.idPrefix) };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      throw new LineRefusedError(error.cause.type ?? 'REFUSED', `Nothing was released: ${error.cause.message}`);
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    // The same command as a signal: the server keeps it for the next worker, and it counts once.
    await client.workflow.getHandle(description.workflowId).signal('release', command);
    return { effect: null, freeze };
  }
}
