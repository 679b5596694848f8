import { getClient } from '@temporalio/activity';
import type { Happening } from '../domain/rollout/state.js';
import type { JournalEntry } from '../ports/journal.js';
import type { Ports } from '../ports/service.js';
import type { RecordInput } from './contracts.js';
import { parseRolloutId } from '../domain/rollout/rollout-id.js';
import { sendersIn, starterIn, type MessageHistory } from './senders.js';
import type { World } from './world.js';

/** Keeps what happened, with the identity that the server recorded for every command. */
export function record(
  { ports, guards, listener, trafficFirst, fewRecords }: World,
  input: RecordInput,
): Promise<void> {
  return trafficFirst.afterwards(() =>
    fewRecords(async () => {
      await write(ports, input);
      if (!input.happenings.some(({ kind }) => kind === 'outcome')) return;
      guards.release(input.rolloutId);
      listener.concluded(input.status);
    }),
  );
}

async function write(ports: Ports, input: RecordInput): Promise<void> {
  const identityOf = await lookUpSenders(input);
  await ports.journal.append(input.happenings.map((happening) => entryOf(input, happening, identityOf(happening))));
}

function entryOf(
  { rolloutId, service, status }: RecordInput,
  happening: Happening,
  identity: string | undefined,
): JournalEntry {
  return {
    id: `${rolloutId}#${String(happening.number)}`,
    rolloutId,
    service,
    at: new Date(happening.atMs).toISOString(),
    kind: happening.kind,
    what: happening.what,
    ...(happening.why === undefined ? {} : { why: happening.why }),
    ...(happening.by === undefined ? {} : { claimedBy: happening.by }),
    ...(identity === undefined ? {} : { identity }),
    ...(happening.kind === 'outcome' ? { status } : {}),
  };
}

/** Every command is looked up in the run that it came to; a run whose history is gone leaves its senders unknown. */
async function lookUpSenders({
  rolloutId,
  workflowId,
  happenings,
}: RecordInput): Promise<(happening: Happening) => string | undefined> {
  const runOf = ({ kind, message }: Happening): string | undefined =>
    kind === 'started' ? parseRolloutId(rolloutId).runId : message?.runId;
  const runs = new Set(happenings.flatMap((happening) => runOf(happening) ?? []));
  const histories = new Map(
    await Promise.all([...runs].map(async (run) => [run, await historyOf(workflowId, run)] as const)),
  );
  return (happening) => {
    const history = histories.get(runOf(happening) ?? '');
    if (history === undefined) return undefined;
    return happening.kind === 'started'
      ? starterIn(history)
      : happening.message && sendersIn(history)(happening.message);
  };
}

async function historyOf(workflowId: string, runId: string): Promise<MessageHistory> {
  try {
    return await getClient().workflow.getHandle(workflowId, runId).fetchHistory();
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return {};
    throw error;
  }
}
