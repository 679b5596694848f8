import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApplicationFailure,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { isObject } from '../domain/reading/combinators.js';
import {
  freezeMemo,
  lineWorkflowId,
  STOP_THE_LINE,
  type FrozenBy,
  type Freeze,
} from '../domain/stop-the-line/freeze.js';
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

/** What a stop is called that no worker has read yet. */
const NEW = 'new';

const DEFAULT_TIMEOUT_MS = 60_000;

/** How long a worker may take to answer a release before it is left to the next one. */
const ANSWER_DEADLINE_MS = 5000;

/** Longer than a task lies at a worker that was frozen with it, before another one is given it: without any, nobody comes. */
const WORKER_DEADLINE_MS = 15_000;
const QUERY_DEADLINE_MS = 1000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 500;

/** Asks for a stop, and waits until it holds: see `DeploymentManager.stopTheLine`. */
export async function stopTheLine(client: Client, options: StopTheLineOptions, place: Place): Promise<LineStopped> {
  const { scope = EVERYTHING, reason, by } = options;
  const command = readLineCommand({ scope, reason, by, commandId: randomUUID() });
  if (command.scope == null) throw new ScopeError(scope);
  const { commandId = '' } = command;
  const at = new Date().toISOString();
  await letAnyWorkerTakeIt(client, place.idPrefix);
  try {
    await client.workflow.signalWithStart(STOP_THE_LINE, {
      workflowId: lineWorkflowId(place.idPrefix),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      taskQueue: place.taskQueue,
      args: [{ waits: true }],
      signal: 'stop',
      signalArgs: [command],
      // Stored by the server itself: starts are refused before any worker has looked at it.
      memo: freezeMemo([{ id: NEW, scope: command.scope, reason, by: by ?? null, at, inForceSince: null, commandId }]),
      staticSummary: `Stop of ${scopeWords(command.scope)}`,
      staticDetails: 'Brings everything in scope back, and refuses starts until it is released.',
    });
  } catch (error) {
    throw (await namespaceTrouble(client, error)) ?? error;
  }
  return untilInForce(client, commandId, options, place);
}

/** A worker that stands still would be waited for, for half a minute, where it has carried out a stop before. */
async function letAnyWorkerTakeIt(client: Client, idPrefix: string): Promise<void> {
  const { namespace } = client.options;
  const execution = { workflowId: lineWorkflowId(idPrefix) };
  // Mostly there is none yet. A stop must not wait for it; what is wrong with the server the next call says.
  await client.workflowService.resetStickyTaskQueue({ namespace, execution }).catch(() => undefined);
}

async function untilInForce(
  client: Client,
  commandId: string,
  { timeoutMs = DEFAULT_TIMEOUT_MS, onProgress, signal }: StopTheLineOptions,
  place: Place,
): Promise<LineStopped> {
  const beganAt = performance.now();
  let last: LineStopped = { isInForce: false, worker: 'none', stop: null, stops: [] };
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const told = await tellLine(client, place);
    refuseRefused(told.ended, commandId);
    const stop = told.stops.find((one) => one.commandId === commandId && one.id !== NEW) ?? null;
    const isOver = told.ended.some((one) => one.commandId === commandId);
    if (stop !== null && JSON.stringify(stop) !== JSON.stringify(last.stop)) onProgress?.(stop);
    const worker = stop !== null || isOver || last.worker === 'answering' ? 'answering' : 'none';
    last = { isInForce: stop?.inForceSince != null, worker, stop, stops: told.stops };
    const waitedMs = performance.now() - beganAt;
    const isUnanswered = worker === 'none' && waitedMs > WORKER_DEADLINE_MS;
    const isLate = waitedMs + pauseMs >= timeoutMs || signal?.aborted === true;
    if (last.isInForce || isOver || isUnanswered || isLate) return last;
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

/**
 * As the workflow tells it, also after it has ended. Where no worker answers in time, what the server knows: that a stop
 * holds needs no worker to be told.
 */
async function tellLine(client: Client, { idPrefix }: Place): Promise<Told> {
  const description = await describeLine(client, idPrefix);
  if (description === null) return { stops: [], ended: [] };
  const { workflowId, runId } = description;
  if (description.status.name === 'COMPLETED') return { stops: [], ended: await endedIn(client, workflowId, runId) };
  const answered = await askLine(client, workflowId);
  if (answered !== null) return answered;
  return { stops: freezeIn(description).map(unlooked), ended: [] };
}

async function endedIn(client: Client, workflowId: string, runId: string): Promise<readonly EndedStopStatus[]> {
  const outcome: unknown = await client.workflow.getHandle(workflowId, runId).result();
  return isObject(outcome) && Array.isArray(outcome.stops) ? (outcome.stops as readonly EndedStopStatus[]) : [];
}

/** `null`: no worker answers in time. */
async function askLine(client: Client, workflowId: string): Promise<LineStatus | null> {
  const handle = client.workflow.getHandle(workflowId);
  return client
    .withDeadline(Date.now() + QUERY_DEADLINE_MS, () => handle.query<LineStatus>(STATUS_QUERY))
    .catch(() => null);
}

function unlooked(frozen: FrozenBy): LineStopStatus {
  return { ...frozen, services: null, inFlight: [], left: [], mixed: [], unmatched: [] };
}

/** The freeze, and what the workflow tells besides. */
export async function lookAtLine(client: Client, place: Place): Promise<LineView> {
  const freeze = await readLineFreeze(client, place.idPrefix);
  if (freeze.length === 0) return { freeze, status: null };
  return { freeze, status: await askLine(client, lineWorkflowId(place.idPrefix)) };
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
