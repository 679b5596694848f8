import { LET_GO_MS } from '../promises.js';
import { baselineOf, clockOf, faultsOf, otherSlot, runsOf, shareOfSlot } from '../timeline/ask.js';
import type { Span } from '../timeline/facts.js';
import { covered, prolonged } from '../timeline/spans.js';
import type { CommandFact, RolloutFact, StartFact, Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'a rollout that ends lets go of its service';

/** After a worker or Temporal is back, what waited for it is done. */
const BACK_MS = 12_000;

/** A server tells that a workflow has closed a moment after it has. */
const TOLD_MS = 1000;

const STOPS: readonly CommandFact['what'][] = ['abort', 'emergencyStop', 'cancel'];

/** After a stop, and after all traffic is back, the workflow closes soon; and a start is not refused for one that closed. */
export function letsGo(timeline: Timeline): readonly Violation[] {
  return [
    ...timeline.rollouts.flatMap((rollout) => closesLate(timeline, rollout)),
    ...timeline.starts.flatMap((start) => refusedForNothing(timeline, start)),
  ];
}

function closesLate(timeline: Timeline, rollout: RolloutFact): readonly Violation[] {
  const { service, firstRunId, closed } = rollout;
  const stop = timeline.commands.find(
    ({ what, result, names, stage, askedMs, service: its }) =>
      its === service &&
      STOPS.includes(what) &&
      result === 'accepted' &&
      names !== 'stale' &&
      stage !== 'wrong' &&
      askedMs > rollout.startedMs &&
      askedMs < (closed?.atMs ?? timeline.toMs),
  );
  const baseline = baselineOf(timeline, rollout);
  if (stop === undefined || baseline === null) return [];
  const candidate = otherSlot(baseline);
  const undone = runsOf(timeline, service).find(
    (run) => run.toMs >= stop.answeredMs && shareOfSlot(run.greenPercent, candidate) === 0,
  );
  if (undone === undefined) return [];
  const span = { fromMs: Math.max(undone.fromMs, stop.answeredMs), toMs: closed?.atMs ?? timeline.toMs };
  const waited = span.toMs - span.fromMs - covered(span, awayFor(timeline));
  if (waited <= LET_GO_MS) return [];
  const end = closed === null ? 'has not closed yet' : `closed at ${clockOf(timeline, closed.atMs)}`;
  const message = `${service}@${firstRunId} was told "${stop.what}" at ${clockOf(timeline, stop.askedMs)}, traffic was back at ${clockOf(timeline, span.fromMs)}, but it ${end}: ${String(Math.round(waited / 1000))} s with Temporal and a worker there`;
  return [{ invariant: INVARIANT, service, atMs: span.fromMs + LET_GO_MS, message }];
}

/** While these are away, or have just come back, nothing can close. A journal that is away is no such thing. */
function awayFor(timeline: Timeline): readonly Span[] {
  return prolonged(
    faultsOf(timeline, 'killTemporal', 'freezeTemporal', 'killWorker', 'freezeWorker', 'cutWorker', 'disturb'),
    BACK_MS,
  );
}

function refusedForNothing(timeline: Timeline, { service, askedMs, result, said }: StartFact): readonly Violation[] {
  const isOpen = timeline.rollouts.some(
    (one) =>
      one.service === service &&
      one.startedMs < askedMs + TOLD_MS &&
      (one.closed?.atMs ?? Infinity) > askedMs - TOLD_MS,
  );
  const isBeingStarted = timeline.starts.some(
    (start) =>
      start.service === service &&
      start.askedMs !== askedMs &&
      start.askedMs < askedMs + TOLD_MS &&
      start.answeredMs > askedMs - TOLD_MS,
  );
  if (result !== 'inFlight' || isOpen || isBeingStarted) return [];
  const message = `a start at ${clockOf(timeline, askedMs)} was refused although nothing was in flight: ${said}`;
  return [{ invariant: INVARIANT, service, atMs: askedMs, message }];
}
