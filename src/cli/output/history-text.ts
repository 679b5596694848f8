import type { TextView } from '../result.js';
import type { HistoryItem } from './documents.js';
import { dateWords } from './time-words.js';

/** A line per thing that happened, oldest first, with who and why. */
export function historyLines(
  items: readonly HistoryItem[],
  source: 'journal' | 'temporal',
  { paint, timeZone }: TextView,
): string[] {
  if (items.length === 0) return ['Nothing is recorded.', '    headgate list'];
  const lines = items.map((item) => {
    const why = item.why === null || item.what.includes(item.why) ? '' : `: ${item.why}`;
    return `${dateWords(item.at, timeZone)}  ${item.what}${why}${paint.faint(whoWords(item))}`;
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
