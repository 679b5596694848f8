import { ABORT_ENDS_MS, JAMMED_AFTER_MS, MOST_TASK_ATTEMPTS } from '../promises.js';
import { clockOf, startOf } from '../timeline/ask.js';
import { awaySpans, hinderedSpans } from '../timeline/away.js';
import { workingMs } from '../timeline/lag.js';
import { covered } from '../timeline/spans.js';
import { standings } from '../timeline/standing.js';
import type { RolloutFact, Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'nothing jams';

/** Phases in which a rollout goes on by itself; in all others it says whom it waits for. */
const MOVING: readonly string[] = ['waiting', 'progressing', 'promoting', 'rollingBack'];

/** A workflow goes on or says what it waits for, its code does not fail, and when all is well an abort ends it. */
export function nothingJams(timeline: Timeline): readonly Violation[] {
  return [
    ...tasksFail(timeline),
    ...standStill(timeline),
    ...timeline.rollouts.flatMap((one) => endsBadly(timeline, one)),
  ];
}

function tasksFail(timeline: Timeline): readonly Violation[] {
  const seen = new Set<string>();
  return timeline.looks.flatMap(({ atMs, service, firstRunId, taskAttempt }) => {
    const isExcused = covered({ fromMs: atMs - 1, toMs: atMs }, awaySpans(timeline)) > 0;
    if (taskAttempt <= MOST_TASK_ATTEMPTS || isExcused || seen.has(firstRunId)) return [];
    seen.add(firstRunId);
    const message = `the workflow task of ${service}@${firstRunId} is tried for the ${String(taskAttempt)}th time at ${clockOf(timeline, atMs)}: ${whyIn(timeline, firstRunId)}`;
    return [{ invariant: INVARIANT, service, atMs, sinceMs: startOfRun(timeline, firstRunId, atMs), message }];
  });
}

function standStill(timeline: Timeline): readonly Violation[] {
  const same = standings(timeline, ({ phase, stage, percent, needsHuman, taskAttempt }) =>
    [phase, stage, percent, needsHuman, taskAttempt > MOST_TASK_ATTEMPTS].join('/'),
  );
  return same.flatMap(({ service, firstRunId, fromMs, toMs, look }) => {
    const { phase, stage, needsHuman, taskAttempt } = look;
    if (!MOVING.includes(phase) || needsHuman || taskAttempt > MOST_TASK_ATTEMPTS) return [];
    const rollout = timeline.rollouts.find((one) => one.firstRunId === firstRunId);
    const plan = rollout === undefined ? undefined : startOf(timeline, rollout)?.plan;
    const bakesMs = plan?.stages[stage - 1]?.durationMs ?? 0;
    const stoodMs = workingMs(timeline, { fromMs, toMs }, hinderedSpans(timeline));
    if (stoodMs <= bakesMs + JAMMED_AFTER_MS) return [];
    const message = `${service}@${firstRunId} is ${phase} in stage ${String(stage)} since ${clockOf(timeline, fromMs)}, asks nobody for anything and stands still: ${String(Math.round(stoodMs / 1000))} s with all that it needs`;
    return [{ invariant: INVARIANT, service, atMs: toMs, sinceMs: startOfRun(timeline, firstRunId, fromMs), message }];
  });
}

function endsBadly(timeline: Timeline, rollout: RolloutFact): readonly Violation[] {
  const { service, firstRunId, closed, startedMs } = rollout;
  const broken = (atMs: number, what: string): readonly Violation[] => [
    { invariant: INVARIANT, service, atMs, sinceMs: startedMs, message: `${service}@${firstRunId} ${what}` },
  ];
  if (closed === null || closed.atMs > timeline.liftedMs) {
    const abort = timeline.commands.find(
      (one) => one.service === service && one.what === 'abort' && one.askedMs >= Math.max(timeline.liftedMs, startedMs),
    );
    const span = { fromMs: abort?.answeredMs ?? Infinity, toMs: closed?.atMs ?? timeline.toMs };
    if (workingMs(timeline, span) > ABORT_ENDS_MS)
      return broken(
        span.fromMs + ABORT_ENDS_MS,
        `was told to abort at ${clockOf(timeline, span.fromMs)}, when every fault had been lifted, and ${closed === null ? 'is still open' : `closed at ${clockOf(timeline, closed.atMs)}`}`,
      );
  }
  if (closed === null || closed.status === 'COMPLETED') return [];
  const terminated = timeline.commands.some(
    (one) => one.service === service && one.what === 'terminate' && one.askedMs >= startedMs - 1,
  );
  if (closed.status === 'TERMINATED' && terminated) return [];
  // Whoever starts a workflow by hand with something that is no plan may be told so by a failure.
  if (closed.status === 'FAILED' && startOf(timeline, rollout)?.via === 'garbage') return [];
  return broken(closed.atMs, `ended as ${closed.status} at ${clockOf(timeline, closed.atMs)}: ${closed.reason}`);
}

function whyIn({ rollouts }: Timeline, firstRunId: string): string {
  return rollouts.find((rollout) => rollout.firstRunId === firstRunId)?.taskFailure ?? 'nobody says why';
}

function startOfRun({ rollouts }: Timeline, firstRunId: string, otherwiseMs: number): number {
  return rollouts.find((rollout) => rollout.firstRunId === firstRunId)?.startedMs ?? otherwiseMs;
}
