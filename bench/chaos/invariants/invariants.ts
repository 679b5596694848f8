import type { Timeline } from '../timeline/timeline.js';
import { bounded } from './bounded.js';
import { calledForAReason } from './called-for-a-reason.js';
import { calledWhenNeeded } from './called-when-needed.js';
import { guardUndoes } from './guard-undoes.js';
import { journalIsWhole } from './journal-is-whole.js';
import { judgedRight } from './judged-right.js';
import { lastWordHolds } from './last-word-holds.js';
import { letsGo } from './lets-go.js';
import { nothingJams } from './nothing-jams.js';
import { outcomeIsServed } from './outcome-is-served.js';
import type { Invariant, Violation } from './violation.js';

/** Everything that must hold in every round, whatever was done to it. */
const INVARIANTS: readonly Invariant[] = [
  outcomeIsServed,
  lastWordHolds,
  guardUndoes,
  letsGo,
  nothingJams,
  calledForAReason,
  calledWhenNeeded,
  judgedRight,
  bounded,
  journalIsWhole,
];

/** Every broken promise, in the order of time. */
export function violationsOf(timeline: Timeline): readonly Violation[] {
  return INVARIANTS.flatMap((invariant) => invariant(timeline)).sort((a, b) => a.atMs - b.atMs);
}
