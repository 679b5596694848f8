import { activityInfo, getClient } from '@temporalio/activity';
import type { Happening } from '../domain/rollout/state.js';
import type { JournalEntry } from '../ports/journal.js';
import { UNOBSERVED, type RolloutObserver } from '../ports/rollout-observer.js';
import type { Ports } from '../ports/service.js';
import type { RecordInput } from './contracts.js';
import { sendersIn, starterIn } from './senders.js';
import type { GuardRegistry } from './guard/guard-registry.js';
import { trafficFirst } from './traffic-first.js';
import { turnstile } from './turnstile.js';

/** When hundreds of rollouts stop at once, the paperwork must not slow the stopping. */
const fewAtATime = turnstile(4);

/** Keeps what happened, with the identity that the server recorded for every command. */
export function record(
  ports: Ports,
  input: RecordInput,
  guards: GuardRegistry,
  observer: RolloutObserver = UNOBSERVED,
): Promise<void> {
  return trafficFirst.afterwards(() =>
    fewAtATime(async () => {
      await write(ports, input);
      if (!input.happenings.some(({ kind }) => kind === 'outcome')) return;
      guards.release(input.rolloutId);
      observer.concluded(input.status);
    }),
  );
}

async function write(ports: Ports, input: RecordInput): Promise<void> {
  const identityOf = input.happenings.some(hasSender) ? await lookUpSenders() : () => undefined;
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

function hasSender({ kind, message }: Happening): boolean {
  return kind === 'started' || message !== undefined;
}

async function lookUpSenders(): Promise<(happening: Happening) => string | undefined> {
  const { workflowExecution } = activityInfo();
  const handle = getClient().workflow.getHandle(workflowExecution?.workflowId ?? '', workflowExecution?.runId);
  const history = await handle.fetchHistory();
  const senders = sendersIn(history);
  return ({ kind, message }) => {
    if (kind === 'started') return starterIn(history);
    return message === undefined ? undefined : senders(message);
  };
}
