import { median } from 'simple-statistics';
import { EVENTS, MOST_EVENTS, MOST_GROWTH_MIB } from '../promises.js';
import { startOf } from '../timeline/ask.js';
import type { RolloutFact, Timeline } from '../timeline/timeline.js';
import type { Violation } from './violation.js';

const INVARIANT = 'history and memory are bounded';

/** A worker that was started later than this before the end has not shown what it keeps. */
const SHORTEST_LIFE_MS = 60_000;

/** Histories grow with what happened to a rollout, not with time alone, and workers keep nothing of rollouts that ended. */
export function bounded(timeline: Timeline): readonly Violation[] {
  return [...timeline.rollouts.flatMap((rollout) => longHistory(timeline, rollout)), ...growingWorkers(timeline)];
}

function longHistory(timeline: Timeline, rollout: RolloutFact): readonly Violation[] {
  const { service, firstRunId, closed, startedMs } = rollout;
  const events = Math.max(
    closed?.events ?? 0,
    ...timeline.looks.filter((look) => look.firstRunId === firstRunId).map((look) => look.events),
  );
  const endMs = closed?.atMs ?? timeline.toMs;
  const stages = startOf(timeline, rollout)?.plan?.stages.length ?? 0;
  const commands = timeline.commands.filter(
    (one) => one.service === service && one.answeredMs >= startedMs && one.askedMs <= endMs,
  ).length;
  const most =
    EVENTS.base +
    EVENTS.perStage * stages +
    EVENTS.perCommand * commands +
    EVENTS.perSecond * ((endMs - startedMs) / 1000);
  const longestRun = closed?.longestRunEvents ?? events;
  if (events <= most && longestRun <= MOST_EVENTS) return [];
  const message = `${service}@${firstRunId} has ${String(events)} events, ${String(longestRun)} in one run: ${String(Math.round(most))} are in proportion to ${String(stages)} stages, ${String(commands)} commands and its time`;
  return [{ invariant: INVARIANT, service, atMs: endMs, sinceMs: startedMs, message }];
}

function growingWorkers({ memory }: Timeline): readonly Violation[] {
  const pids = [...new Set(memory.map(({ pid }) => pid))];
  return pids.flatMap((pid) => {
    const own = memory.filter((one) => one.pid === pid);
    const [first, last] = [own[0], own.at(-1)];
    if (first === undefined || last === undefined || last.atMs - first.atMs < SHORTEST_LIFE_MS) return [];
    const part = (from: number, to: number): number =>
      median(own.slice(Math.floor(from * own.length), Math.floor(to * own.length)).map((one) => one.residentMiB));
    const grownMiB = part(0.8, 1) - part(0.4, 0.6);
    if (grownMiB <= MOST_GROWTH_MIB) return [];
    const message = `worker ${String(first.worker)}, process ${String(pid)}, grew by ${String(Math.round(grownMiB))} MiB over the last part of its life, to ${String(Math.round(last.residentMiB))} MiB`;
    return [
      {
        invariant: INVARIANT,
        service: `worker ${String(first.worker)}`,
        atMs: last.atMs,
        sinceMs: first.atMs,
        message,
      },
    ];
  });
}
