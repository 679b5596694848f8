import type { AbortFigures } from './abort.js';

/** One figure that was promised, and what was measured. */
export interface Target {
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  /** What was promised, in words. */
  readonly promised: string;
  /** The least that Temporal can do in the same run, where there is such a thing. */
  readonly floor: number | null;
  readonly ratio: number | null;
  readonly kept: boolean;
}

/** The promises that the README makes. */
export function targetsOf(figures: AbortFigures): readonly Target[] {
  const { single, together, badTogether, oneEdge, steady, workerKilled } = figures;
  return [
    atMost('single abort, p99', 'ms', single.abortMs.p99, 250, { floor: single.floorMs.p99, times: 1.6 }),
    ...whereKnown(single.abortSeenMs, ({ p99 }) =>
      atMost('single abort, p99, for a user', 'ms', p99, 250, { floor: single.floorSeenMs?.p99 ?? NaN, times: 1.6 }),
    ),
    atMostTimes('all aborted at once, the last', 'ms', together.lastAtZeroMs, { floor: together.floorMs, times: 1.5 }),
    ...whereKnown(together.lastSeenMs, (lastSeenMs) =>
      atMostTimes('all aborted at once, the last user', 'ms', lastSeenMs, {
        floor: together.floorSeenMs ?? NaN,
        times: 1.5,
      }),
    ),
    ...whereKnown(badTogether, ({ breachToZeroMs }) =>
      atMost('all bad within one interval, p99 after the first sample', 'ms', breachToZeroMs.p99, 100),
    ),
    ...whereKnown(oneEdge, ({ lastAtZeroMs, bareLoopMs }) =>
      atMostTimes('all bad and due in one moment, the last', 'ms', lastAtZeroMs, { floor: bareLoopMs, times: 1.5 }),
    ),
    {
      what: 'measurements a second',
      unit: `of ${String(steady.dueMeasurementsPerSecond)}`,
      measured: steady.measurementsPerSecond,
      promised: 'all that are due',
      floor: null,
      ratio: null,
      kept: steady.measurementsPerSecond >= 0.99 * steady.dueMeasurementsPerSecond,
    },
    atMost('worker, CPU-s a minute', 's', steady.workerCpuSecondsPerMinute, 10),
    atMost('worker killed, aborts served after the restart', 'ms', workerKilled.restartToLastZeroMs, 3000, {
      floor: workerKilled.restartToPollingMs,
      times: 2,
    }),
  ];
}

function whereKnown<Figure>(figure: Figure | null, target: (figure: Figure) => Target): readonly Target[] {
  return figure === null ? [] : [target(figure)];
}

/** A machine's seconds say little: what counts is how near the least that can be done there is. */
function atMostTimes(
  what: string,
  unit: string,
  measured: number,
  { floor, times }: { readonly floor: number; readonly times: number },
): Target {
  const ratio = Math.round((measured / floor) * 100) / 100;
  const promised = `≤ ${String(times)} × floor`;
  return { what, unit, measured, promised, floor, ratio, kept: measured <= times * floor };
}

function atMost(
  what: string,
  unit: string,
  measured: number,
  limit: number,
  or?: { readonly floor: number; readonly times: number },
): Target {
  const ratio = or === undefined ? null : Math.round((measured / or.floor) * 100) / 100;
  return {
    what,
    unit,
    measured,
    promised: `≤ ${String(limit)} ${unit}${or === undefined ? '' : ` or ≤ ${String(or.times)} × floor`}`,
    floor: or?.floor ?? null,
    ratio,
    kept: measured <= limit || (or !== undefined && measured <= or.times * or.floor),
  };
}
