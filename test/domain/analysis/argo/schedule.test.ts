import { expect, test } from 'vitest';
import {
  nextLookInMs,
  nextMeasurementInMs,
  type MeasurementSchedule,
} from '../../../../src/domain/analysis/argo/schedule.js';
import { endsTheRun } from '../../../../src/domain/analysis/argo/run-assessment.js';
import { argoCases, argoDurationMs, phaseOf, type ArgoMetric } from './fixtures.js';

interface Timing {
  readonly lastFinishedAgoSec?: number;
  readonly lastPhase?: string;
  readonly runStartedAgoSec?: number | null;
  readonly completed?: boolean;
}

interface TakeNow extends Timing {
  readonly kind: 'takeMeasurementNow';
  readonly metric: ArgoMetric;
  readonly count?: number;
  readonly siblingPhase?: string;
  readonly expected: boolean;
  readonly source: string;
}

interface NextLook {
  readonly kind: 'nextReconcileInSec';
  readonly metrics: readonly (ArgoMetric & Timing)[];
  readonly expected: number | null;
  readonly source: string;
}

const cases = argoCases('scheduling') as readonly (TakeNow | NextLook)[];

function scheduleOf(metric: ArgoMetric, timing: Timing, taken: number, over: boolean): MeasurementSchedule {
  const { lastFinishedAgoSec, lastPhase = 'Successful', runStartedAgoSec } = timing;
  return {
    ...(metric.interval === undefined ? {} : { intervalMs: argoDurationMs(metric.interval) }),
    ...(metric.initialDelay === undefined ? {} : { initialDelayMs: argoDurationMs(metric.initialDelay) }),
    ...(metric.count === undefined ? {} : { count: metric.count }),
    taken,
    last: lastFinishedAgoSec === undefined ? null : phaseOf(lastPhase),
    lastFinishedAgoMs: lastFinishedAgoSec === undefined ? null : lastFinishedAgoSec * 1000,
    runStartedAgoMs: runStartedAgoSec === undefined || runStartedAgoSec === null ? null : runStartedAgoSec * 1000,
    over,
  };
}

test('every case of how Argo schedules measurements is there', () => {
  expect(cases).toHaveLength(17);
});

test.each(
  cases.filter((one) => one.kind === 'takeMeasurementNow').map((one, index) => [index, one.source, one] as const),
)('a measurement is due when it is in Argo: case %i, %s', (_index, _source, one) => {
  const taken = one.count ?? (one.lastFinishedAgoSec === undefined ? 0 : 1);
  const over = one.siblingPhase !== undefined && endsTheRun(phaseOf(one.siblingPhase));
  expect(nextMeasurementInMs(scheduleOf(one.metric, one, taken, over)) === 0).toBe(one.expected);
});

test.each(
  cases.filter((one) => one.kind === 'nextReconcileInSec').map((one, index) => [index, one.source, one] as const),
)('the next look comes when it does in Argo: case %i, %s', (_index, _source, { metrics, expected }) => {
  const schedules = metrics.map((metric) =>
    scheduleOf(metric, metric, metric.lastFinishedAgoSec === undefined ? 0 : 1, metric.completed ?? false),
  );
  expect(nextLookInMs(schedules)).toBe(expected === null ? null : expected * 1000);
});
