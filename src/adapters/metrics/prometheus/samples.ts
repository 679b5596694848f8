import type { LatencyBucket, Sampled } from '../../../domain/analysis/sample.js';
import { LONGEST_GAP_MS } from './defaults.js';
import { doubtedSteps, type Doubt } from './doubts.js';
import { bucketsOf, type Contradiction, type LatencyUnit } from './buckets.js';
import { incrementsOf, restartsOf, type Increment } from './increments.js';
import { dueSince } from './punctuality.js';
import type { RawSeries, Target } from './raw-series.js';
import { endsOf, stepOf, type Steps } from './steps.js';

/** What the targets did, step by step. */
export interface Stepped {
  readonly samples: readonly Sampled[];
  /** Since when a scrape is due without which a step cannot be known yet; `null` when there is none. */
  readonly dueSinceMs: number | null;
  /** Scrapes in the range whose latencies are left out. */
  readonly contradictions: readonly Contradiction[];
}

/**
 * Counts per step, summed over the targets.
 *
 * A step is known when a scrape of any target falls into it and none that belongs to it is still to come. What was
 * counted since the scrape before belongs to the step of the scrape that shows it; after a time without scrapes that is
 * all of that time, so it joins the first step that is known again and nothing is lost.
 *
 * @param nowMs by Prometheus' clock
 * @param doubts times of which nothing can be said
 */
export function samplesOf(
  targets: readonly Target[],
  steps: Steps,
  nowMs: number,
  latency: LatencyUnit | null,
  doubts: readonly Doubt[] = [],
): Stepped {
  const ends = endsOf(steps);
  const sumOf = (increments: readonly Increment[]): readonly number[] => {
    const sums = ends.map(() => 0);
    for (const { atMs, count } of increments) {
      const step = stepOf(atMs, steps);
      if (step !== undefined) sums[step] = (sums[step] ?? 0) + count;
    }
    return sums;
  };
  const alone = (of: (target: Target) => readonly RawSeries[]): readonly Increment[] =>
    targets.flatMap((target) => {
      const restarts = restartsOf([...target.requests, ...target.errors, ...target.latency]);
      return of(target).flatMap((series) => incrementsOf([series], target.scrapes, LONGEST_GAP_MS, restarts).flat());
    });

  const requests = sumOf(alone(({ requests }) => requests));
  const errors = sumOf(alone(({ errors }) => errors));
  const unanswered = sumOf(alone((target) => target.unanswered ?? []));
  const { buckets: edges, contradictions } =
    latency === null ? { buckets: [], contradictions: [] } : bucketsOf(targets, latency);
  const perEdge = edges.map(({ increments }) => sumOf(increments));
  const fresh = new Set(targets.flatMap(({ scrapes }) => scrapes.map((atMs) => stepOf(atMs, steps))));
  const doubted = doubtedSteps(doubts, steps);
  const due = ends.map((endMs) => earliest(targets.map(({ scrapes }) => dueSince(scrapes, endMs, nowMs))));

  const samples = ends.map((endMs, step): Sampled => {
    if (endMs > nowMs || due[step] !== null || !fresh.has(step) || doubted[step] === true) return 'no-data';
    const latencyHistogram = edges.map(({ leMs }, edge): LatencyBucket => ({
      leMs,
      count: perEdge[edge]?.[step] ?? 0,
    }));
    return {
      requests: requests[step] ?? 0,
      errors: errors[step] ?? 0,
      ...((unanswered[step] ?? 0) > 0 ? { unanswered: unanswered[step] } : {}),
      ...(latencyHistogram.length === 0 ? {} : { latencyHistogram }),
    };
  });
  return {
    samples,
    dueSinceMs: earliest(due.filter((_, step) => (ends[step] ?? Infinity) <= nowMs)),
    contradictions: contradictions.filter(({ atMs }) => stepOf(atMs, steps) !== undefined),
  };
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
