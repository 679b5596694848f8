import { LONGEST_INTERVAL_MS } from '../promises.js';
import { baselineOf, clockOf, otherSlot, overSince, shareBefore, untilNextMover } from '../timeline/ask.js';
import { firstAstray } from '../timeline/met.js';
import type { ClosedFact, RolloutFact, Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const SERVED = 'the outcome that is reported is what the data plane serves';
const NOT_LATE = 'no share appears after the end of a rollout was reported';

/** What is wrong later than this after the end was right at the end. */
const AT_THE_END_MS = 200;

/** What one that was terminated had sent back may arrive for so long: it is over without having waited for it. */
const ON_ITS_WAY_MS = 20_000;

/** A drift is looked for once an interval: one that comes right before the end may be met by nobody. */
const UNSEEN_MOVE_MS = LONGEST_INTERVAL_MS + 1000;

/**
 * From the moment in which a rollout says that it is over, the data plane serves what its outcome says, until somebody
 * else moves it: a promoted one the candidate, every other one the baseline, and one that says that it never moved
 * anything what was there.
 */
export function outcomeIsServed(timeline: Timeline): readonly Violation[] {
  return timeline.rollouts.flatMap((rollout) => {
    const { closed, service, firstRunId } = rollout;
    if (closed?.status !== 'COMPLETED') return [];
    const expected = expectedShare(timeline, rollout, closed);
    const overMs = overSince(timeline, rollout);
    if (expected === null || movedUnseen(timeline, rollout, overMs, expected)) return [];
    const span = { fromMs: overMs, toMs: untilNextMover(timeline, service, overMs, firstRunId) };
    const astray = firstAstray(timeline, service, span, expected);
    if (astray === null) return [];
    const { atMs, words } = astray;
    const said = `${service}@${firstRunId} closed at ${clockOf(timeline, closed.atMs)} as ${String(closed.outcome)} (${closed.reason})`;
    return [
      {
        invariant: atMs - overMs > AT_THE_END_MS ? NOT_LATE : SERVED,
        service,
        atMs,
        sinceMs: rollout.startedMs,
        message: `${said}, so green has ${String(expected)} %; but at ${clockOf(timeline, atMs)} ${words}`,
      },
    ];
  });
}

/** The share of `green`; `null` where nobody can say what it should be. */
function expectedShare(timeline: Timeline, rollout: RolloutFact, closed: ClosedFact): number | null {
  if (!closed.moved) return stillAsAtStart(timeline, rollout, closed);
  const baseline = baselineOf(timeline, rollout);
  if (baseline === null) return null;
  const serving = closed.outcome === 'promoted' ? otherSlot(baseline) : baseline;
  return serving === 'green' ? 100 : 0;
}

/** What was there at the start, unless somebody else moved it meanwhile. */
function stillAsAtStart(timeline: Timeline, { service, startedMs }: RolloutFact, closed: ClosedFact): number | null {
  const moved = timeline.moves.some(
    (move) => move.service === service && move.toMs >= startedMs && move.fromMs <= closed.atMs,
  );
  const brokenOff = timeline.rollouts.some(
    (one) =>
      one.service === service &&
      one.closed?.status === 'TERMINATED' &&
      one.closed.atMs <= closed.atMs &&
      one.closed.atMs > startedMs - ON_ITS_WAY_MS,
  );
  return moved || brokenOff ? null : shareBefore(timeline, service, startedMs);
}

/** Somebody moved what was right already, too late for a rollout to see it. */
function movedUnseen(timeline: Timeline, { service }: RolloutFact, overMs: number, expected: number): boolean {
  const move = timeline.moves.findLast((one) => one.service === service && one.fromMs <= overMs);
  if (move === undefined || move.toMs < overMs - UNSEEN_MOVE_MS) return false;
  return shareBefore(timeline, service, move.fromMs) === expected;
}
