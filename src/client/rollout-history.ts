import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { VERBS } from '../domain/stages/commands.js';
import { findRollout, type FoundRollout } from './find-rollout.js';

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** One command as the server recorded it. */
export interface SentMessage {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly verb: string;
  readonly channel: 'signal' | 'update';
  /** Who sent it, as the server recorded it: not what the message claims. */
  readonly identity: string | null;
}

/** What a rollout was started with, as long as the server remembers it; `null` when that is no object. */
export async function readInput(
  client: Client,
  found: Pick<FoundRollout, 'workflowId' | 'firstRunId'>,
): Promise<object | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId: found.workflowId, runId: found.firstRunId },
    maximumPageSize: 1,
  });
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const [input] = await decodeArrayFromPayloads(client.options.loadedDataConverter, started?.input?.payloads);
  return typeof input === 'object' ? input : null;
}

/** Who sent which command, oldest first, as far as the server remembers the rollout. */
export async function readSentMessages(client: Client, id: string, idPrefix = ''): Promise<SentMessage[]> {
  const found = await findRollout(client, id, idPrefix);
  if (found === null) return [];
  const messages: SentMessage[] = [];
  // A rollout that continues as new goes on in another run; each knows the one before it.
  for (let runId: string | null = found.runId; runId !== null;) {
    const events: readonly HistoryEvent[] = await eventsOf(client, found.workflowId, runId);
    messages.unshift(...events.flatMap(messageIn));
    runId = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || null;
  }
  return messages;
}

/** The server forgets the oldest run first: what it has forgotten is missing. */
async function eventsOf(client: Client, workflowId: string, runId: string): Promise<readonly HistoryEvent[]> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

function messageIn(event: HistoryEvent): readonly SentMessage[] {
  const signal = event.workflowExecutionSignaledEventAttributes;
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
  const verb = signal?.signalName ?? update?.input?.name;
  if (verb == null || !(VERBS as readonly string[]).includes(verb)) return [];
  const identity = (signal == null ? update?.meta?.identity : signal.identity) ?? '';
  return [
    {
      at: new Date(Number(event.eventTime?.seconds ?? 0) * 1000 + (event.eventTime?.nanos ?? 0) / 1e6).toISOString(),
      verb,
      channel: signal == null ? 'update' : 'signal',
      identity: identity === '' ? null : identity,
    },
  ];
}
