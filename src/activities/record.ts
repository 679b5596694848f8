import { getClient } from '@temporalio/activity';
import { isObject } from '../domain/reading/combinators.js';
import { BASELINE_DATA } from '../domain/stop-the-line/journaled.js';
import type { LogLine } from '../domain/rollout/log-line.js';
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
      if (!input.lines.some(({ kind }) => kind === 'outcome')) return;
      guards.release(input.rolloutId);
      listener.concluded(input.status);
    }),
  );
}

async function write(ports: Ports, input: RecordInput): Promise<void> {
  const identityOf = await lookUpSenders(input);
  await ports.journal.append(input.lines.map((line) => entryOf(input, line, identityOf(line))));
}

function entryOf(
  { rolloutId, service, status }: RecordInput,
  line: LogLine,
  identity: string | undefined,
): JournalEntry {
  return {
    id: `${rolloutId}#${String(line.number)}`,
    rolloutId,
    service,
    at: new Date(line.atMs).toISOString(),
    kind: line.kind,
    what: line.what,
    ...(line.why === undefined ? {} : { why: line.why }),
    ...(line.by === undefined ? {} : { claimedBy: line.by }),
    ...(identity === undefined ? {} : { identity }),
    ...(line.kind === 'outcome' ? { status } : {}),
    ...dataOf(status),
  };
}

/** What it goes back to: who has to do without Temporal finds it in the newest line. */
function dataOf(status: RecordInput['status']): Pick<JournalEntry, 'data'> {
  const baseline = 'roles' in status && isObject(status.roles) ? status.roles.baseline : undefined;
  return typeof baseline === 'string' ? { data: { [BASELINE_DATA]: baseline } } : {};
}

/** Every command is looked up in the run that it came to; a run whose history is gone leaves its senders unknown. */
async function lookUpSenders({
  rolloutId,
  workflowId,
  lines,
}: RecordInput): Promise<(line: LogLine) => string | undefined> {
  const runOf = ({ kind, message }: LogLine): string | undefined =>
    kind === 'started' ? parseRolloutId(rolloutId).runId : message?.runId;
  const runs = new Set(lines.flatMap((line) => runOf(line) ?? []));
  const histories = new Map(
    await Promise.all([...runs].map(async (run) => [run, await historyOf(workflowId, run)] as const)),
  );
  return (line) => {
    const history = histories.get(runOf(line) ?? '');
    if (history === undefined) return undefined;
    return line.kind === 'started' ? starterIn(history) : line.message && sendersIn(history)(line.message);
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
