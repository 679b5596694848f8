import { ERROR_RETRY_MS } from '../defaults.js';
import { effectiveCount, type Phase } from './metric-assessment.js';

/** What decides when a metric is measured next. All times are durations in milliseconds. */
export interface MeasurementSchedule {
  readonly intervalMs?: number;
  readonly initialDelayMs?: number;
  /** How many measurements are asked for; 0 or none: one without an interval, else no end of them. */
  readonly count?: number;
  /** How many were taken. */
  readonly taken: number;
  /** How the newest one ended; `null` before the first. */
  readonly last: Phase | null;
  readonly lastFinishedAgoMs: number | null;
  readonly runStartedAgoMs: number | null;
  /** Nothing more is measured: a verdict stands, or the run is being ended. */
  readonly over: boolean;
}

/**
 * How long until the next measurement by Argo Rollouts' rules: 0 is now or overdue, `null` is never (over, not started,
 * or a delay that is no number). After an error the retry comes after 10 s, whatever the interval.
 */
export function nextMeasurementInMs(schedule: MeasurementSchedule): number | null {
  if (schedule.over) return null;
  if (schedule.last === null || schedule.lastFinishedAgoMs === null) return firstMeasurementInMs(schedule);
  if (schedule.last === 'error') return until(ERROR_RETRY_MS, schedule.lastFinishedAgoMs);
  if (schedule.taken >= effectiveCount(schedule)) return null;
  return until(schedule.intervalMs ?? 0, schedule.lastFinishedAgoMs);
}

/** The soonest of several; `null` when nothing is left to measure. */
export function nextLookInMs(schedules: readonly MeasurementSchedule[]): number | null {
  const times = schedules.map(nextMeasurementInMs).filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

function firstMeasurementInMs({ initialDelayMs, runStartedAgoMs }: MeasurementSchedule): number | null {
  if (initialDelayMs === undefined) return 0;
  if (!Number.isFinite(initialDelayMs) || runStartedAgoMs === null) return null;
  return until(initialDelayMs, runStartedAgoMs);
}

function until(periodMs: number, agoMs: number): number {
  return Math.max(0, periodMs - agoMs);
}
