import { clockOf, startOf } from '../timeline/ask.js';
import { overlaps } from '../timeline/spans.js';
import type { Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'a version that is well is not rolled back';

/** What was counted while a backend was bad may be looked at a little later. */
const COUNTED_MS = 5000;

/**
 * A rollout whose backends were well all the time is not rolled back, whatever happens to workers, Temporal or metrics.
 * Probes are left out: on a busy machine they may really have had no answer in time.
 */
export function judgedRight(timeline: Timeline): readonly Violation[] {
  return timeline.rollouts.flatMap((rollout) => {
    const { service, firstRunId, startedMs, closed } = rollout;
    const plan = startOf(timeline, rollout)?.plan;
    if (closed?.outcome !== 'rolledBack' || plan === undefined || plan.health) return [];
    const life = { fromMs: startedMs - COUNTED_MS, toMs: closed.atMs };
    const wasBad = timeline.behaviours.some((one) => one.service === service && overlaps(one, life));
    const hasFailed = (timeline.visits[service] ?? []).some(
      ({ ok, sentMs }) => !ok && sentMs > life.fromMs && sentMs < life.toMs,
    );
    if (wasBad || hasFailed) return [];
    const message = `${service}@${firstRunId} was rolled back at ${clockOf(timeline, closed.atMs)} (${closed.reason}), but no request failed in its time`;
    return [{ invariant: INVARIANT, service, atMs: closed.atMs, sinceMs: startedMs, message }];
  });
}
