import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApplicationFailure,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { isStageVerb, type CommandAnswer, type CommandOf, type StageCommand } from '../domain/stages/commands.js';
import { isStop } from '../domain/rollout/commands.js';
import { readCommand } from '../domain/stages/read-command.js';
import { refusalOfInput } from '../domain/stages/refusal.js';
import { CommandRefusedError, NoWorkerError } from './errors.js';
import type { FoundRollout } from './find-rollout.js';

/** How long an answer may take before we say that no worker is there. */
const ANSWER_DEADLINE_MS = 10_000;

const MOST_ATTEMPTS = 5;
const BETWEEN_ATTEMPTS_MS = 200;

/** What became of a command. */
export type Sent = { readonly answered: true; readonly answer: CommandAnswer } | { readonly answered: false };

/**
 * Sends a command to one rollout, never to a later one of the same service.
 *
 * @throws CommandRefusedError when the rollout does not take it as it stands, or it says more than it may.
 * @throws NoWorkerError when an answer was needed and none came.
 */
export async function sendCommand<V extends string>(
  client: Client,
  found: FoundRollout,
  verb: V,
  command: CommandOf<V>,
): Promise<Sent> {
  if (found.description.status.name !== 'RUNNING')
    throw new CommandRefusedError(found.id, verb, { code: 'ROLLOUT_ENDED', message: 'it has ended' });
  const refusal = isStageVerb(verb) ? refusalOfInput(verb, command) : null;
  if (refusal !== null) throw new CommandRefusedError(found.id, verb, refusal);
  // A stop is never refused for what is said about it.
  const said: StageCommand = isStop(verb) ? readCommand(verb, command) : command;
  const addressed = { ...said, rolloutId: found.id, commandId: said.commandId ?? randomUUID() };
  // Stops are signals: the server takes them while no worker is up.
  if (isStop(verb)) return signal(client, found, verb, addressed);
  try {
    const handle = client.workflow.getHandle(found.workflowId, undefined, { firstExecutionRunId: found.firstRunId });
    const update = (): Promise<CommandAnswer> =>
      // The server knows an update by its id alone, and would answer another verb with what the first one did.
      handle.executeUpdate<CommandAnswer, [StageCommand]>(verb, {
        args: [addressed],
        updateId: `${verb}:${addressed.commandId}`,
      });
    const answer = await client.withDeadline(Date.now() + ANSWER_DEADLINE_MS, () => untilTaken(update));
    return { answered: true, answer };
  } catch (error) {
    throw translated(error, found.id, verb);
  }
}

/** An update that meets a rollout in the moment in which it continues as new is refused by the server, and sent again. */
async function untilTaken<T>(update: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await update();
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !metContinueAsNew(error)) throw error;
      await sleep(BETWEEN_ATTEMPTS_MS);
    }
  }
}

const FAILED_PRECONDITION = 9;

function metContinueAsNew(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : undefined;
  return cause !== undefined && 'code' in cause && cause.code === FAILED_PRECONDITION;
}

async function signal(client: Client, { workflowId, id }: FoundRollout, verb: string, command: object): Promise<Sent> {
  try {
    await client.workflow.getHandle(workflowId).signal(verb, command);
    return { answered: false };
  } catch (error) {
    throw translated(error, id, verb);
  }
}

function translated(error: unknown, id: string, verb: string): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    return new CommandRefusedError(id, verb, { code: error.cause.type ?? 'REFUSED', message: error.cause.message });
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return new NoWorkerError(id, verb);
  if (error instanceof WorkflowNotFoundError)
    return new CommandRefusedError(id, verb, { code: 'ROLLOUT_ENDED', message: 'it has ended' });
  return error;
}
