import { OUTCOMES } from '../../../src/domain/rollout/phase.js';
import type { FaultAction } from '../schedule/schedule.js';
import type { Slot } from '../world/plane.js';
import type { ShareRun, Span } from './facts.js';
import type { FaultSpan, RolloutFact, StartFact, Timeline } from './timeline.js';

export function runsOf({ shares }: Timeline, service: string): readonly ShareRun[] {
  return shares[service] ?? [];
}

/** What was seen last before `atMs`; `null` where nobody had looked yet. */
export function shareBefore(timeline: Timeline, service: string, atMs: number): number | null {
  return runsOf(timeline, service).findLast(({ fromMs }) => fromMs <= atMs)?.greenPercent ?? null;
}

/** Looks in a span that did not see `greenPercent`, cut to the span. */
export function looksUnlike(
  timeline: Timeline,
  service: string,
  span: Span,
  greenPercent: number,
): readonly ShareRun[] {
  return runsOf(timeline, service)
    .filter((run) => run.greenPercent !== greenPercent && run.toMs >= span.fromMs && run.fromMs < span.toMs)
    .map((run) => ({ ...run, fromMs: Math.max(run.fromMs, span.fromMs), toMs: Math.min(run.toMs, span.toMs) }));
}

export function shareOfSlot(greenPercent: number, slot: Slot): number {
  return slot === 'green' ? greenPercent : 100 - greenPercent;
}

export function otherSlot(slot: Slot): Slot {
  return slot === 'green' ? 'blue' : 'green';
}

/** What asked for a rollout; `undefined` where nobody knows that it began. */
export function startOf({ starts }: Timeline, { service, firstRunId, startedMs }: RolloutFact): StartFact | undefined {
  return (
    starts.find((start) => start.firstRunId === firstRunId) ??
    starts.find(
      (start) =>
        start.service === service &&
        start.result === 'unknown' &&
        start.askedMs <= startedMs + CLOCK_MS &&
        start.answeredMs >= startedMs - CLOCK_MS,
    )
  );
}

/** Between the clocks of two processes on one machine, rounding included. */
const CLOCK_MS = 5;

/** The slot that had all the traffic when the rollout began; `null` where traffic was split and nobody adopted it. */
export function baselineOf(timeline: Timeline, rollout: RolloutFact): Slot | null {
  const adopt = startOf(timeline, rollout)?.adopt ?? null;
  if (adopt !== null) return adopt;
  const green = shareBefore(timeline, rollout.service, rollout.startedMs);
  return green === 0 ? 'blue' : green === 100 ? 'green' : null;
}

/** Until when nobody but this rollout had a hand in its service's traffic after `fromMs`. */
export function untilNextMover(timeline: Timeline, service: string, fromMs: number, own?: string): number {
  const { starts, moves, rollouts, toMs } = timeline;
  return Math.min(
    toMs,
    ...moves.filter((move) => move.service === service && move.toMs > fromMs).map((move) => move.fromMs),
    ...rollouts
      .filter((one) => one.service === service && one.firstRunId !== own && one.startedMs > fromMs)
      .map((one) => one.startedMs - CLOCK_MS),
    ...starts
      .filter((start) => start.service === service && start.result === 'unknown' && start.answeredMs > fromMs)
      .map((start) => start.askedMs),
  );
}

/** When it first said that it is over: its record may take longer, and its workflow with it. Infinity while it has not. */
export function overSince({ looks }: Timeline, { firstRunId, closed }: RolloutFact): number {
  const told = looks.find(
    (look) => look.firstRunId === firstRunId && OUTCOMES.some((outcome) => outcome === look.phase),
  );
  return Math.min(told?.atMs ?? Infinity, closed?.atMs ?? Infinity);
}

export function faultsOf({ faults }: Timeline, ...kinds: readonly FaultAction['do'][]): readonly FaultSpan[] {
  return faults.filter(({ fault }) => kinds.includes(fault.do));
}

/** Seconds since the round began, for people. */
export function clockOf({ fromMs }: Timeline, atMs: number): string {
  return `${((atMs - fromMs) / 1000).toFixed(2)} s`;
}
