import { ENOUGH_FAILURES } from '../promises.js';
import { clockOf, startOf } from '../timeline/ask.js';
import type { BehaviourSpan, RolloutFact, Timeline } from '../timeline/timeline.js';
import { firstLateHarm } from './harm.js';
import type { Violation } from './violation.js';

const INVARIANT = 'nobody meets a candidate that has failed for longer than is promised';

/**
 * Where a candidate is plainly bad, enough requests have shown it, and a worker that is well guards the stage, its share
 * is 0 within the monitoring interval, the grain of the counters and an allowance; whether Temporal can be reached or not.
 */
export function guardUndoes(timeline: Timeline): readonly Violation[] {
  return timeline.rollouts.flatMap((rollout) =>
    startOf(timeline, rollout)?.plan?.autoRollback === true ? violationsIn(timeline, rollout) : [],
  );
}

function violationsIn(timeline: Timeline, rollout: RolloutFact): readonly Violation[] {
  const { service, firstRunId } = rollout;
  const harm = firstLateHarm(timeline, rollout);
  if (harm === null) return [];
  const { candidate, bad, knownMs, guardPid, percent, span, promisedMs } = harm;
  const clock = (atMs: number): string => clockOf(timeline, atMs);
  const met = (timeline.visits[service] ?? []).filter(
    ({ slot, sentMs }) => slot === candidate && sentMs > span.fromMs + promisedMs && sentMs < span.toMs,
  ).length;
  const message = [
    `${candidate}, the candidate of ${service}@${firstRunId}, fails ${inWords(bad.how)} since ${clock(bad.fromMs)}`,
    `${String(ENOUGH_FAILURES)} failures were answered by ${clock(knownMs)}, and process ${String(guardPid)} guards it`,
    `${String(promisedMs)} ms are promised`,
    `but from ${clock(span.fromMs)} to ${clock(span.toMs)} it kept ${String(percent)} %, and ${String(met)} more requests met it`,
  ].join('; ');
  return [{ invariant: INVARIANT, service, atMs: span.fromMs + promisedMs, sinceMs: rollout.startedMs, message }];
}

function inWords(how: BehaviourSpan['how']): string {
  return how.kind === 'failing' ? `${String(Math.round(100 * how.share))} % of its requests` : how.kind;
}
