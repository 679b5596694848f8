import { GRAIN_MS, type Slot } from '../world/plane.js';
import {
  ENOUGH_FAILURES,
  LONGEST_INTERVAL_MS,
  MONITORING_INTERVAL_MS,
  PLAINLY_BAD_SHARE,
  RETRY_MS,
  UNDO_ALLOWANCE_MS,
} from '../promises.js';
import { baselineOf, otherSlot, runsOf, shareOfSlot } from '../timeline/ask.js';
import type { ShareRun, Span } from '../timeline/facts.js';
import { workingMs } from '../timeline/lag.js';
import { intersection, prolonged, without } from '../timeline/spans.js';
import type { BehaviourSpan, FaultSpan, RolloutFact, Timeline } from '../timeline/timeline.js';

/** A candidate that kept its share for longer than is promised, although a worker that was well guarded the stage. */
export interface LateHarm {
  readonly candidate: Slot;
  readonly bad: BehaviourSpan;
  /** When users had met enough failures. */
  readonly knownMs: number;
  readonly guardPid: number;
  readonly percent: number;
  /** From when on the promise ran until the share ended, or something excuses that it went on. */
  readonly span: Span;
  readonly promisedMs: number;
}

/** Commands after which something else is guarded, or by another rule, for a moment. */
const REARMING = ['resume', 'promote', 'approve', 'configure', 'setRollbackPolicy', 'finish', 'pause', 'reject'];

/**
 * The first harm that was left too long; `null` when there was none.
 *
 * Said so to people, and so excused: a stage without a guard, and one whose worker died or stood still. That Temporal
 * cannot be reached excuses nothing.
 */
export function firstLateHarm(timeline: Timeline, rollout: RolloutFact): LateHarm | null {
  const baseline = baselineOf(timeline, rollout);
  if (baseline === null) return null;
  const candidate = otherSlot(baseline);
  const badSpans = timeline.behaviours.filter(
    ({ service, slot, how }) => service === rollout.service && slot === candidate && isPlainlyBad(how),
  );
  for (const bad of badSpans) {
    const harm = lateHarm(timeline, rollout, candidate, bad);
    if (harm !== null) return harm;
  }
  return null;
}

function isPlainlyBad(how: BehaviourSpan['how']): boolean {
  return how.kind === 'failing' && how.share >= PLAINLY_BAD_SHARE;
}

function lateHarm(timeline: Timeline, rollout: RolloutFact, candidate: Slot, bad: BehaviourSpan): LateHarm | null {
  const knownMs = knownAt(timeline, rollout, candidate, bad);
  if (knownMs === null) return null;
  const life = { fromMs: Math.max(knownMs, rollout.startedMs), toMs: rollout.closed?.atMs ?? timeline.toMs };
  const due = intersection(life, bad);
  if (due === null) return null;
  const excused = excuses(timeline, rollout, candidate, due);
  const promisedMs = promiseMs(timeline, rollout.service);
  for (const { span, pid, percent } of guardedSpans(timeline, rollout, candidate)) {
    const both = intersection(due, span);
    if (both === null) continue;
    const parts = without(both, [...excused, ...troubleOf(timeline, pid)]);
    const late = parts.find((part) => workingMs(timeline, part) > promisedMs);
    if (late !== undefined) return { candidate, bad, knownMs, guardPid: pid, percent, span: late, promisedMs };
  }
  return null;
}

/** When users had met enough failures in this rollout; `null` when they never had. */
function knownAt({ visits }: Timeline, rollout: RolloutFact, candidate: Slot, bad: Span): number | null {
  let failures = 0;
  for (const { slot, ok, sentMs, answeredMs } of visits[rollout.service] ?? []) {
    if (slot !== candidate || ok || sentMs < Math.max(bad.fromMs, rollout.startedMs) || answeredMs > bad.toMs) continue;
    failures += 1;
    if (failures === ENOUGH_FAILURES) return answeredMs;
  }
  return null;
}

function promiseMs({ commands }: Timeline, service: string): number {
  const isSlowed = commands.some((command) => command.service === service && 'monitoringInterval' in command.fields);
  // In a longer interval more requests that were well may stand before those failures: then only the next one shows it.
  return (isSlowed ? 2 * LONGEST_INTERVAL_MS : MONITORING_INTERVAL_MS) + GRAIN_MS + UNDO_ALLOWANCE_MS;
}

interface Guarded {
  readonly span: Span;
  readonly pid: number;
  readonly percent: number;
}

/** What Temporal hands to a worker that is cut off does not arrive: it only seems to guard what began meanwhile. */
function wasCutOff({ faults }: Timeline, workerPid: number, atMs: number): boolean {
  return faults.some(
    ({ fault, pid, fromMs, toMs }) => fault.do === 'cutWorker' && pid === workerPid && fromMs <= atMs && atMs < toMs,
  );
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
  return within.flatMap(({ atMs, guardPid, percent: wanted }, index) => {
    if (guardPid === null || wanted !== percent || within[index - 1]?.guardPid === guardPid) return [];
    if (wasCutOff(timeline, guardPid, run.fromMs)) return [];
    const another = within.slice(index).find((look) => look.guardPid !== guardPid);
    const toMs = Math.min(run.toMs, another?.atMs ?? Infinity, endOfProcess(timeline, guardPid, atMs));
    return atMs < toMs ? [{ span: { fromMs: atMs, toMs }, pid: guardPid, percent }] : [];
  });
}

/** A process that died or stood still guards nothing from then on: nobody knows when it does again. */
function endOfProcess({ faults }: Timeline, pid: number, fromMs: number): number {
  const ends = faults.filter((one) => stopsProcess(one, pid) && one.toMs > fromMs).map((one) => one.fromMs);
  return Math.min(Infinity, ...ends);
}

function stopsProcess({ fault, pid }: FaultSpan, its: number): boolean {
  return pid === its && ['killWorker', 'stopWorker', 'freezeWorker'].includes(fault.do);
}

/** What the guard needs to see the harm, and to undo it. */
function troubleOf({ faults }: Timeline, pid: number): readonly Span[] {
  const own = faults.filter((one) => one.pid === pid && one.fault.do === 'disturb');
  return prolonged(own, RETRY_MS);
}

/** What else speaks for leaving traffic where it is. */
function excuses(timeline: Timeline, rollout: RolloutFact, candidate: Slot, due: Span): readonly Span[] {
  const { behaviours, moves, commands } = timeline;
  const { service, startedMs } = rollout;
  const shared = behaviours.filter((one) => one.service === service && one.slot === otherSlot(candidate));
  const untilTheEnd = (fromMs: number): Span => ({ fromMs, toMs: due.toMs });
  const moved = moves
    .filter((move) => move.service === service && move.toMs >= startedMs && move.fromMs < due.toMs)
    .map(({ fromMs }) => untilTheEnd(fromMs));
  const own = commands.filter((command) => command.service === service && command.answeredMs >= startedMs);
  const rearmed = own
    .filter(({ what }) => REARMING.includes(what))
    .map(({ askedMs, answeredMs }) => ({ fromMs: askedMs, toMs: answeredMs + RETRY_MS }));
  const changed = own.filter(({ fields }) => 'autoRollback' in fields).map(({ askedMs }) => untilTheEnd(askedMs));
  return [...prolonged(shared, RETRY_MS), ...moved, ...rearmed, ...changed];
}
