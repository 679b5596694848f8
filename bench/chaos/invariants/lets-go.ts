import { LET_GO_MS } from '../promises.js';
import { baselineOf, clockOf, otherSlot, runsOf, shareOfSlot } from '../timeline/ask.js';
import { hinderedSpans } from '../timeline/away.js';
import { workingMs } from '../timeline/lag.js';
import type { CommandFact, RolloutFact, StartFact, Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'a rollout that ends lets go of its service';

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
  const { service, firstRunId, closed, startedMs } = rollout;
  const endMs = closed?.atMs ?? timeline.toMs;
  const stop = timeline.commands.find((command) => stops(command, rollout, endMs));
  const baseline = baselineOf(timeline, rollout);
  if (stop === undefined || baseline === null) return [];
  const candidate = otherSlot(baseline);
  const undone = runsOf(timeline, service).find(
    (run) => run.toMs >= stop.answeredMs && shareOfSlot(run.greenPercent, candidate) === 0,
  );
  if (undone === undefined) return [];
  const span = { fromMs: Math.max(undone.fromMs, stop.answeredMs), toMs: endMs };
  const waitedMs = workingMs(timeline, span, hinderedSpans(timeline));
  if (waitedMs <= LET_GO_MS) return [];
  const end = closed === null ? 'has not closed yet' : `closed at ${clockOf(timeline, closed.atMs)}`;
  const told = `${service}@${firstRunId} was told "${stop.what}" at ${clockOf(timeline, stop.askedMs)}`;
  const message = `${told}, traffic was back at ${clockOf(timeline, span.fromMs)}, but it ${end}: ${String(Math.round(waitedMs / 1000))} s with all that it needs`;
  return [{ invariant: INVARIANT, service, atMs: span.fromMs + LET_GO_MS, sinceMs: startedMs, message }];
}

/** Whether a command is one that this rollout must obey. */
function stops(
  { service, what, result, names, stage, askedMs }: CommandFact,
  rollout: RolloutFact,
  endMs: number,
): boolean {
  const isMeant = service === rollout.service && names !== 'stale' && stage !== 'wrong';
  return isMeant && STOPS.includes(what) && result === 'accepted' && askedMs > rollout.startedMs && askedMs < endMs;
}

function refusedForNothing(timeline: Timeline, start: StartFact): readonly Violation[] {
  const { service, askedMs, answeredMs, result, said } = start;
  const isNear = (fromMs: number, toMs: number): boolean => fromMs < answeredMs + TOLD_MS && toMs > askedMs - TOLD_MS;
  const isOpen = timeline.rollouts.some(
    (one) => one.service === service && isNear(one.startedMs, one.closed?.atMs ?? Infinity),
  );
  if (result !== 'inFlight' || isOpen) return [];
  const message = `a start at ${clockOf(timeline, askedMs)} was refused although nothing was in flight: ${said}`;
  return [{ invariant: INVARIANT, service, atMs: askedMs, sinceMs: askedMs, message }];
}
