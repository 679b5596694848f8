import { GRAIN_MS, type Slot } from '../world/plane.js';
import {
  ENOUGH_FAILURES,
  LONGEST_INTERVAL_MS,
  MONITORING_INTERVAL_MS,
  PLAINLY_BAD_SHARE,
  RETRY_MS,
  UNDO_ALLOWANCE_MS,
} from '../promises.js';
import { baselineOf, clockOf, otherSlot, runsOf, shareOfSlot, startOf } from '../timeline/ask.js';
import type { ShareRun, Span } from '../timeline/facts.js';
import { covered, intersection, lengthOf, prolonged, without } from '../timeline/spans.js';
import type { BehaviourSpan, FaultSpan, RolloutFact, Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'nobody meets a candidate that has failed for longer than is promised';

/** Commands after which something else is guarded, or by another rule, for a moment. */
const REARMING = ['resume', 'promote', 'approve', 'configure', 'setRollbackPolicy', 'finish', 'pause', 'reject'];

/**
 * Where a candidate is plainly bad, enough requests have shown it, and a worker that is well guards the stage, its share
 * is 0 within the monitoring interval, the grain of the counters and an allowance; whether Temporal can be reached or not.
 *
 * Said so to people, and so excused: a stage without a guard, and one whose worker died or stood still.
 */
export function guardUndoes(timeline: Timeline): readonly Violation[] {
  return timeline.rollouts.flatMap((rollout) => {
    const baseline = baselineOf(timeline, rollout);
    const plan = startOf(timeline, rollout)?.plan;
    if (baseline === null || plan?.autoRollback !== true) return [];
    const candidate = otherSlot(baseline);
    const badSpans = timeline.behaviours.filter(
      ({ service, slot, how }) => service === rollout.service && slot === candidate && isPlainlyBad(how),
    );
    for (const bad of badSpans) {
      const violation = judge(timeline, rollout, candidate, bad);
      if (violation !== null) return [violation];
    }
    return [];
  });
}

function isPlainlyBad(how: BehaviourSpan['how']): boolean {
  return how.kind === 'failing' && how.share >= PLAINLY_BAD_SHARE;
}

function judge(timeline: Timeline, rollout: RolloutFact, candidate: Slot, bad: BehaviourSpan): Violation | null {
  const { service, firstRunId } = rollout;
  const known = knownAt(timeline, service, candidate, bad);
  if (known === null) return null;
  const life = { fromMs: Math.max(known, rollout.startedMs), toMs: rollout.closed?.atMs ?? timeline.toMs };
  const due = intersection(life, bad);
  if (due === null) return null;
  const excused = excuses(timeline, rollout, candidate, due);
  for (const guarded of guardedSpans(timeline, rollout, candidate)) {
    const both = intersection(due, guarded.span);
    if (both === null) continue;
    const trouble = [...excused, ...troubleOf(timeline, guarded.pid)];
    const promised = promiseMs(timeline, service);
    const late = without(both, trouble).find((part) => lengthOf(part) - covered(part, timeline.stalls) > promised);
    if (late === undefined) continue;
    const met = (timeline.visits[service] ?? []).filter(
      ({ slot, sentMs }) => slot === candidate && sentMs > late.fromMs + promised && sentMs < late.toMs,
    ).length;
    const message = `${candidate}, the candidate of ${service}@${firstRunId}, fails ${inPercent(bad.how)} since ${clockOf(timeline, bad.fromMs)}; ${String(ENOUGH_FAILURES)} failures were answered by ${clockOf(timeline, known)}, guarded by process ${String(guarded.pid)} all the while; ${String(promised)} ms are promised, but from ${clockOf(timeline, late.fromMs)} to ${clockOf(timeline, late.toMs)} it kept ${String(guarded.percent)} %, and ${String(met)} more users met it`;
    return { invariant: INVARIANT, service, atMs: late.fromMs + promised, message };
  }
  return null;
}

/** When users had met enough failures; `null` when they never had. */
function knownAt({ visits }: Timeline, service: string, candidate: Slot, bad: Span): number | null {
  let failures = 0;
  for (const { slot, ok, sentMs, answeredMs } of visits[service] ?? []) {
    if (slot !== candidate || ok || sentMs < bad.fromMs || answeredMs > bad.toMs) continue;
    failures += 1;
    if (failures === ENOUGH_FAILURES) return answeredMs;
  }
  return null;
}

function promiseMs({ commands }: Timeline, service: string): number {
  const isSlowed = commands.some((command) => command.service === service && 'monitoringInterval' in command.fields);
  return (isSlowed ? LONGEST_INTERVAL_MS : MONITORING_INTERVAL_MS) + GRAIN_MS + UNDO_ALLOWANCE_MS;
}

interface Guarded {
  readonly span: Span;
  readonly pid: number;
  readonly percent: number;
}

/** As long as a share stays as it was when a process was seen to guard it. */
function guardedSpans(timeline: Timeline, { firstRunId, service }: RolloutFact, candidate: Slot): readonly Guarded[] {
  const looks = timeline.looks.filter((look) => look.firstRunId === firstRunId);
  return runsOf(timeline, service).flatMap((run) => guardedIn(timeline, run, candidate, looks));
}

function guardedIn(timeline: Timeline, run: ShareRun, candidate: Slot, looks: Timeline['looks']): readonly Guarded[] {
  const percent = shareOfSlot(run.greenPercent, candidate);
  if (percent === 0) return [];
  const within = looks.filter(({ atMs }) => atMs >= run.fromMs && atMs <= run.toMs);
  return within.flatMap(({ atMs, guardPid }, index) => {
    if (guardPid === null || within[index - 1]?.guardPid === guardPid) return [];
    const another = within.slice(index).find((look) => look.guardPid !== guardPid);
    const span = {
      fromMs: atMs,
      toMs: Math.min(run.toMs, another?.atMs ?? Infinity, endOfProcess(timeline, guardPid, atMs)),
    };
    return span.fromMs < span.toMs ? [{ span, pid: guardPid, percent }] : [];
  });
}

/** A process that died or stood still guards nothing from then on: nobody knows when it does again. */
function endOfProcess({ faults }: Timeline, pid: number, fromMs: number): number {
  return Math.min(
    Infinity,
    ...faults.filter((one) => isAboutProcess(one, pid) && one.toMs > fromMs).map((one) => one.fromMs),
  );
}

function isAboutProcess({ fault, pid }: FaultSpan, its: number): boolean {
  return pid === its && (fault.do === 'killWorker' || fault.do === 'freezeWorker');
}

/** What the guard needs to see the harm, and to undo it. */
function troubleOf({ faults }: Timeline, pid: number): readonly Span[] {
  const own = faults.filter((one) => one.pid === pid && one.fault.do === 'disturb');
  return prolonged(own, RETRY_MS);
}

/** What else speaks for leaving traffic where it is. */
function excuses(timeline: Timeline, rollout: RolloutFact, candidate: Slot, due: Span): readonly Span[] {
  const { behaviours, moves, commands } = timeline;
  const { service } = rollout;
  const baseline = otherSlot(candidate);
  const shared = behaviours.filter((one) => one.service === service && one.slot === baseline);
  const moved = moves
    .filter((move) => move.service === service && move.toMs >= rollout.startedMs && move.fromMs < due.toMs)
    .map(({ fromMs }) => ({ fromMs, toMs: due.toMs }));
  const own = commands.filter((command) => command.service === service && command.answeredMs >= rollout.startedMs);
  const rearmed = own
    .filter(({ what }) => REARMING.includes(what))
    .map(({ askedMs, answeredMs }) => ({ fromMs: askedMs, toMs: answeredMs + RETRY_MS }));
  const disarmed = own
    .filter(({ fields }) => fields.autoRollback === false)
    .map(({ askedMs }) => ({ fromMs: askedMs, toMs: due.toMs }));
  return [...prolonged(shared, RETRY_MS), ...moved, ...rearmed, ...disarmed];
}

function inPercent(how: BehaviourSpan['how']): string {
  return how.kind === 'failing' ? `${String(Math.round(100 * how.share))} % of its requests` : how.kind;
}
