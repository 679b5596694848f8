import { formatCount } from '../analysis/format.js';
import { bytesInJson, bytesOfJson, cut, cutBytes, oneLine, printable } from '../text.js';
import { LONGEST, MOST, MOST_EVIDENCE_BYTES, MOST_FULL_LINES, MOST_LINE_BYTES, MOST_OLD_LINE_BYTES } from './bounds.js';
import type { LogLine } from './log-line.js';
import { messageOfWarning, type Warning } from './warnings.js';

/**
 * What the world says (reports of activities, events of the reducer), short enough for a workflow's history: its texts,
 * its warnings and problems, its evidence. An HTTP body can be 10 MB, a payload 2.
 */
export function bounded<T extends object>(found: T): T {
  return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, boundedField(key, value)])) as T;
}

function boundedField(key: string, value: unknown): unknown {
  if (typeof value === 'string') return boundedText(value);
  if (key === 'evidence') return boundedEvidence(value);
  if (key === 'command' || key === 'undone') return value === null ? null : bounded(value as object);
  if (!Array.isArray(value)) return value;
  if (key === 'warnings') return boundedWarnings(value as readonly Warning[]);
  if (key === 'unreadable') return boundedWarnings(value.map(String));
  return key === 'problems' ? value.slice(0, MOST.warnings).map((one: object) => bounded(one)) : value;
}

/** What a program says, on one line and in at most as many characters as a finding may have. */
export function boundedText(said: string): string {
  return cut(oneLine(said), LONGEST.finding);
}

/** At most so many sentences; the last one tells of those that are missing. */
export function boundedWarnings(warnings: readonly string[]): readonly string[];
export function boundedWarnings(warnings: readonly Warning[]): readonly Warning[];
export function boundedWarnings(warnings: readonly Warning[]): readonly Warning[] {
  const kept = warnings.slice(0, MOST.warnings).map(boundedWarning);
  const missing = warnings.length - kept.length;
  return missing === 0 ? kept : [...kept.slice(0, -1), `and ${formatCount(missing + 1)} more`];
}

function boundedWarning(warning: Warning): Warning {
  const message = cut(oneLine(messageOfWarning(warning)), LONGEST.warning);
  return typeof warning === 'string' ? message : { ...warning, message };
}

interface Grain {
  readonly text: number;
  readonly entries: number;
}

const FINE: Grain = { text: LONGEST.reason, entries: MOST.evidence };
const COARSE: Grain = { text: 200, entries: 20 };
const DEEPEST = 8;

/** The numbers behind a reason, as far as they fit. */
function boundedEvidence(evidence: unknown): unknown {
  if (evidence === undefined) return undefined;
  for (const grain of [FINE, COARSE]) {
    const kept = pruned(evidence, grain, DEEPEST);
    if (bytesOfJson([kept]) <= MOST_EVIDENCE_BYTES) return kept;
  }
  return { leftOut: 'it is too large' };
}

function pruned(value: unknown, grain: Grain, depth: number): unknown {
  if (typeof value === 'string') return cut(printable(value), grain.text);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, grain.entries).map((one) => pruned(one, grain, depth - 1));
  const fields = Object.entries(value).slice(0, grain.entries);
  return Object.fromEntries(
    fields.map(([key, one]) => [cut(printable(key), grain.text), pruned(one, grain, depth - 1)]),
  );
}

/** One line of what happened, in so many bytes; why is kept before what, and who has a sixth beside them. */
export function boundedLine<L extends Omit<LogLine, 'number'>>(line: L, mostBytes = MOST_LINE_BYTES): L {
  const why = line.why === undefined ? '' : cutBytes(oneLine(line.why), Math.floor((mostBytes * 2) / 3));
  return {
    ...line,
    what: cutBytes(oneLine(line.what), mostBytes - bytesInJson(why)),
    ...(line.why === undefined ? {} : { why }),
    ...(line.by === undefined ? {} : { by: cutBytes(oneLine(line.by), Math.floor(mostBytes / 6)) }),
  };
}

/** Lines that many others have followed are kept short, so that however many wait for a journal that is away they fit. */
export function shortenOldLine(lines: readonly LogLine[]): readonly LogLine[] {
  const index = lines.length - 1 - MOST_FULL_LINES;
  const old = lines[index];
  return old === undefined ? lines : lines.with(index, boundedLine(old, MOST_OLD_LINE_BYTES));
}
