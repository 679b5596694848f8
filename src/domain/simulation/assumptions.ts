import { absoluteBounds, countedMetricOf, nameOf } from '../analysis/kinds.js';
import type { Check } from '../analysis/plan.js';
import { guardedPlan } from '../stages/guarded-plan.js';
import type { StagedTrafficPlan } from '../staged-traffic/plan.js';
import type { StagePlan } from '../stages/plan.js';
import type { LatencyModel } from './latency.js';

/** The share of failures when nothing is known of what is allowed. */
const USUAL_ERROR_RATE = 0.001;
const USUAL_BAD_ERROR_RATE = 0.05;
const USUAL_P99_MS = 300;

/** A healthy version fails a fifth of what is allowed, a bad one three times as much. */
const HEALTHY_PART = 0.2;
const BAD_TIMES = 3;

/** The parts of a plan that synthetic traffic can show, and what had to be left out. */
export interface Simulatable {
  readonly plan: StagedTrafficPlan;
  /** In words, for the person who reads the figures. */
  readonly notes: readonly string[];
}

/** A plan, its rollback policy included, without what synthetic traffic cannot show: approvals are given at once, probes succeed, queries are left out. */
export function simulatable(written: StagedTrafficPlan): Simulatable {
  const plan = guardedPlan(written);
  const isLeftOut = (check: Check): boolean => countedMetricOf(check) === null;
  const leftOut = plan.analysis.checks.filter(isLeftOut).map(nameOf);
  const asks = !plan.autoProgression || plan.stages.some(({ approval }) => approval !== undefined);
  return {
    plan: {
      ...plan,
      stages: plan.stages.map(withoutApproval),
      autoProgression: true,
      analysis: { ...plan.analysis, checks: plan.analysis.checks.filter((check) => !isLeftOut(check)) },
    },
    notes: [
      ...(asks ? ['whoever is asked for approval gives it at once'] : []),
      ...(plan.health === undefined ? [] : ['health probes succeed']),
      ...(leftOut.length === 0 ? [] : [`left out, for only a source knows their values: ${leftOut.join(', ')}`]),
    ],
  };
}

function withoutApproval(stage: StagePlan): StagePlan {
  const { approval, ...rest } = stage;
  return approval === undefined ? stage : rest;
}

/** How often a healthy and a bad version fail, unless somebody says so. */
export function usualErrorRates({ analysis }: StagedTrafficPlan): { readonly healthy: number; readonly bad: number } {
  const allowed = lowest(analysis.checks.flatMap((check) => allowedErrors(check)));
  if (allowed === null || !(allowed > 0)) return { healthy: USUAL_ERROR_RATE, bad: USUAL_BAD_ERROR_RATE };
  return { healthy: tidy(HEALTHY_PART * allowed), bad: tidy(Math.min(0.9, BAD_TIMES * allowed)) };
}

/** How slow both versions are, unless somebody says so: half of what is allowed. */
export function usualLatency({ analysis }: StagedTrafficPlan): LatencyModel {
  const boundOf = (...metrics: readonly string[]): number | null =>
    lowest(
      analysis.checks.flatMap((check) =>
        'max' in check && 'metric' in check && metrics.includes(check.metric) ? [check.max] : [],
      ),
    );
  const tail = boundOf('latencyP95', 'latencyP99');
  const p99Ms = tail === null ? USUAL_P99_MS : tail / 2;
  return { medianMs: Math.min(p99Ms / 4, (boundOf('latencyP50') ?? Infinity) / 2), p99Ms };
}

function allowedErrors(check: Check): readonly number[] {
  const bounds = absoluteBounds(check);
  if (bounds?.metric === 'errorRate' && bounds.max !== undefined) return [bounds.max];
  return bounds?.metric === 'successRate' && bounds.min !== undefined ? [1 - bounds.min] : [];
}

function lowest(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.min(...values);
}

function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
