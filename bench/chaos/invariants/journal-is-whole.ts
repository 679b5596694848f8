import { clockOf } from '../timeline/ask.js';
import type { JournalLine, RolloutFact, Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'the journal is whole';

/** After a journal that was away is back, each rollout that ended has every line of its record, once. */
export function journalIsWhole(timeline: Timeline): readonly Violation[] {
  const byRollout = grouped(timeline.journal);
  return timeline.rollouts.flatMap((rollout) => {
    const { service, firstRunId, closed, startedMs } = rollout;
    if (closed?.status !== 'COMPLETED') return [];
    const why = whatIsWrong(byRollout.get(`${service}@${firstRunId}`) ?? [], rollout);
    if (why === null) return [];
    const message = `the record of ${service}@${firstRunId}, which closed at ${clockOf(timeline, closed.atMs)}, ${why}`;
    return [{ invariant: INVARIANT, service, atMs: closed.atMs, sinceMs: startedMs, message }];
  });
}

function grouped(lines: readonly JournalLine[]): ReadonlyMap<string, readonly JournalLine[]> {
  const groups = new Map<string, JournalLine[]>();
  for (const line of lines) {
    const group = groups.get(line.rolloutId);
    if (group === undefined) groups.set(line.rolloutId, [line]);
    else group.push(line);
  }
  return groups;
}

function whatIsWrong(lines: readonly JournalLine[], { closed }: RolloutFact): string | null {
  // What could not be read as a plan never became a rollout, and has no record.
  if (lines.length === 0) return closed?.moved === false ? null : 'is empty';
  const texts = new Map<number, string>();
  for (const { number, text } of lines) {
    if (number === null) continue;
    const before = texts.get(number);
    if (before !== undefined && before !== text) return `has two lines ${String(number)}: "${before}" and "${text}"`;
    texts.set(number, text);
  }
  const last = Math.max(0, ...texts.keys());
  const missing = Array.from({ length: last }, (_, index) => index + 1).filter((number) => !texts.has(number));
  if (missing.length > 0)
    return `lacks ${String(missing.length)} of ${String(last)} lines, the first is ${String(missing[0])}`;
  return lines.some(({ kind }) => kind === 'outcome') ? null : 'does not say how it ended';
}
