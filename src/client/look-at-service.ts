import { randomUUID } from 'node:crypto';
import { TimeoutFailure, WorkflowFailedError, type Client } from '@temporalio/client';
import { HeadgateError } from '../domain/errors.js';
import type { StatusProblem } from '../domain/rollout/status.js';
import { LOOK_AT_SERVICE, type LookAtServiceInput } from '../workflows/messages.js';
import { describePollers } from './pollers.js';

/** How long a worker may take to look, beside what it waits for backends. */
const DEADLINE_MS = 30_000;

/** Where a program asks. */
export interface LookingPlace {
  readonly client: Client;
  readonly idPrefix: string;
  readonly taskQueue: string;
}

/** What a workflow of this kind answers with. */
type Answer = { readonly seen: unknown } | { readonly refused: StatusProblem };

/**
 * Has a worker look at a service: it has the adapters and may reach the backends; whoever asks may be anywhere.
 *
 * @throws HeadgateError `NO_WORKER` when nobody looks in time, `UNKNOWN_SERVICE`, `LOOK_FAILED`
 */
export async function lookAtService<Seen>(
  { client, idPrefix, taskQueue }: LookingPlace,
  input: LookAtServiceInput,
  waitsMs = 0,
): Promise<Seen> {
  const [rollouts] = await describePollers(client, taskQueue);
  if (rollouts?.identities.length === 0) throw noWorker(input.service, taskQueue);
  const answer = await executed(client, input, {
    taskQueue,
    workflowId: `${idPrefix}look/${randomUUID()}`,
    workflowExecutionTimeout: DEADLINE_MS + waitsMs,
  });
  if ('seen' in answer) return answer.seen as Seen;
  const { message, expected, remedy } = answer.refused;
  throw new HeadgateError('UNKNOWN_SERVICE', message, { expected, got: input.service, remedy });
}

async function executed(
  client: Client,
  input: LookAtServiceInput,
  options: { readonly taskQueue: string; readonly workflowId: string; readonly workflowExecutionTimeout: number },
): Promise<Answer> {
  try {
    return await client.workflow.execute<(input: LookAtServiceInput) => Promise<Answer>>(LOOK_AT_SERVICE, {
      ...options,
      args: [input],
      staticSummary: `Looks at the ${input.kind} of ${input.service}; moves nothing`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    if (error.cause instanceof TimeoutFailure) throw noWorker(input.service, options.taskQueue);
    const message = `${input.service} could not be looked at: ${innermost(error).message}`;
    throw new HeadgateError('LOOK_FAILED', message, { remedy: 'Look at what the worker logs', cause: error });
  }
}

/** What an activity says is why it failed, not that it did. */
function innermost(error: Error): Error {
  const { cause } = error;
  return cause instanceof Error ? innermost(cause) : error;
}

function noWorker(service: string, taskQueue: string): HeadgateError {
  return new HeadgateError('NO_WORKER', `No worker looked at ${service} in time`, {
    expected: `a headgate worker that polls the task queue ${taskQueue}`,
    remedy: 'Start one (headgate worker); without a worker, ask the backends themselves',
    next: ['headgate doctor'],
  });
}
