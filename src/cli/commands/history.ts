import type { StatusBase } from '../../domain/rollout/status.js';
import type { SentMessage } from '../../client/rollout-history.js';
import { oneLine } from '../../domain/text.js';
import { dateWords } from '../../presentation/clock.js';
import type { Context } from '../context.js';
import { documentOf, type HistoryItem } from '../output/documents.js';
import type { Result, TextView } from '../result.js';
import type { Journal } from '../session.js';
import { targetOf } from './target.js';

/**
 * What happened to a rollout, and who asked for what: from the journal; where this machine does not have it, what the
 * server still knows.
 */
export async function history(
  context: Context,
  id: string | undefined,
  { limit }: { readonly limit?: number },
): Promise<Result> {
  const target = await targetOf(context, id);
  const recorded = await fromJournal(context, target);
  const source = recorded.length > 0 ? 'journal' : 'temporal';
  const all = recorded.length > 0 ? recorded : await fromTemporal(context, target);
  const items = limit === undefined ? all : all.slice(-limit);
  return {
    document: documentOf('History', { source, items }),
    lines: items.map((item) => documentOf('HistoryItem', item)),
    text: (view) => historyLines(items, source, view),
  };
}

/** A service's name means its newest rollout, here too; break-glass entries belong to the service. */
async function fromJournal(context: Context, target: string): Promise<HistoryItem[]> {
  const journal = await context.session.journal();
  const [service = target, runId] = target.split('@');
  const entries = await journal.read({ service });
  const rolloutId = runId === undefined ? entries.findLast(({ kind }) => kind !== 'break-glass')?.rolloutId : target;
  const isMeant = (entry: Entry): boolean =>
    entry.rolloutId === rolloutId || (runId === undefined && entry.kind === 'break-glass');
  return entries.filter(isMeant).map(itemOf);
}

type Entry = Awaited<ReturnType<Journal['read']>>[number];

function itemOf({ at, rolloutId, kind, what, why, identity, claimedBy }: Entry): HistoryItem {
  return {
    at,
    rolloutId,
    type: kind,
    what,
    why: why ?? null,
    identity: identity ?? null,
    claimedBy: claimedBy ?? null,
  };
}

async function fromTemporal(context: Context, target: string): Promise<HistoryItem[]> {
  const [rollouts, client, config] = await Promise.all([
    context.session.rollouts(),
    context.session.client(),
    context.session.config(),
  ]);
  const status = await rollouts.getDeploymentStatus(target);
  const { readSentMessages } = await import('../../client/rollout-history.js');
  const sent = await readSentMessages(client, status.id, config.workflowIdPrefix);
  return [...eventsOf(status), ...sent.map((message) => sentItem(status.id, message))].sort((a, b) =>
    a.at.localeCompare(b.at),
  );
}

function eventsOf({ id, history: events }: StatusBase): HistoryItem[] {
  return events.map(({ at, what, by }) => ({
    at,
    rolloutId: id,
    type: 'event',
    what,
    why: null,
    identity: null,
    claimedBy: by ?? null,
  }));
}

function sentItem(rolloutId: string, { at, verb, channel, identity }: SentMessage): HistoryItem {
  return { at, rolloutId, type: 'command', what: `${channel} ${verb}`, why: null, identity, claimedBy: null };
}

/** A line per thing that happened, oldest first, with who and why. */
function historyLines(
  items: readonly HistoryItem[],
  source: 'journal' | 'temporal',
  { paint, timeZone }: TextView,
): string[] {
  if (items.length === 0) return ['Nothing is recorded.', '    headgate list'];
  const lines = items.map((item) => {
    // What a rollout did says the reason too; who broke the glass gave one beside it.
    const why = item.why === null || item.type !== 'break-glass' ? '' : `: ${item.why}`;
    return `${dateWords(item.at, timeZone)}  ${oneLine(item.what + why)}${paint.faint(oneLine(whoWords(item)))}`;
  });
  const remark = 'not in the journal on this machine; this is what Temporal still knows';
  return source === 'journal' ? lines : [paint.faint(remark), ...lines];
}

/** Who it says it is, and who the server saw: where they differ, both are shown. */
function whoWords({ claimedBy, identity }: HistoryItem): string {
  if (claimedBy === null && identity === null) return '';
  if (claimedBy === null) return `  by ${identity ?? ''}`;
  return identity === null || identity === claimedBy ? `  by ${claimedBy}` : `  by ${claimedBy}, sent by ${identity}`;
}
