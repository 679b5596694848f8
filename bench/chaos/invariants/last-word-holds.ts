import { baselineOf, clockOf, otherSlot, overSince, untilNextMover } from '../timeline/ask.js';
import { firstAstray } from '../timeline/met.js';
import type { Timeline, WordFact } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'what a command line says at its end holds';

/**
 * What a command line says at its end about where traffic is holds until somebody else moves it, at the data plane and for
 * every user: also when a write comes late that was sent before.
 */
export function lastWordHolds(timeline: Timeline): readonly Violation[] {
  return timeline.words.flatMap((word) => {
    const { service, atMs, command, exitCode } = word;
    const greenPercent = shareSaid(timeline, word);
    if (greenPercent === null || isDrift(timeline, word)) return [];
    const span = { fromMs: atMs, toMs: untilNextMoverAfter(timeline, word) };
    const astray = firstAstray(timeline, service, span, greenPercent);
    if (astray === null) return [];
    const said = `"${command}" ended with exit code ${String(exitCode)} at ${clockOf(timeline, atMs)}`;
    const but = `at ${clockOf(timeline, astray.atMs)} ${astray.words}`;
    const message = `${said}, so green has ${String(greenPercent)} %; but ${but}`;
    return [{ invariant: INVARIANT, service, atMs: astray.atMs, sinceMs: atMs, message }];
  });
}

/** What was the baseline at its start is known best of the rollout that it is about. */
function shareSaid(timeline: Timeline, { command, exitCode, firstRunId, greenPercent }: WordFact): number | null {
  const own = timeline.rollouts.find((rollout) => rollout.firstRunId === firstRunId);
  if (greenPercent === null || own === undefined) return greenPercent;
  const baseline = baselineOf(timeline, own);
  if (baseline === null) return null;
  const serving = command === 'start --wait' && exitCode === 0 ? otherSlot(baseline) : baseline;
  return serving === 'green' ? 100 : 0;
}

/** A command line ends a moment after what it waited for: somebody else may have begun already. */
function untilNextMoverAfter(timeline: Timeline, { service, atMs, firstRunId }: WordFact): number {
  const own = timeline.rollouts.find((rollout) => rollout.firstRunId === firstRunId);
  if (own === undefined) return untilNextMover(timeline, service, atMs);
  return untilNextMover(timeline, service, Math.min(atMs, overSince(timeline, own)), own.firstRunId);
}

/** A rollout that is under way moves traffic by right: what a person sets past it is drift, which another may undo. */
function isDrift({ rollouts, toMs }: Timeline, { service, atMs, command }: WordFact): boolean {
  return (
    command === 'break-glass' &&
    rollouts.some(
      ({ startedMs, closed, service: its }) => its === service && startedMs <= atMs && (closed?.atMs ?? toMs) >= atMs,
    )
  );
}
