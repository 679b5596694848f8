import { readFileSync } from 'node:fs';
import type { MeasurementTally, MetricLimits, Phase } from '../../../../src/domain/analysis/argo/metric-assessment.js';

/** Cases of one group, as the fixture keeps them: field names and spellings are Argo's. */
export function argoCases(group: string): readonly unknown[] {
  const url = new URL(`../fixtures/argo-${group}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: readonly unknown[] }).cases;
}

export interface ArgoMetric {
  readonly interval?: string;
  readonly initialDelay?: string;
  readonly count?: number;
  readonly failureLimit?: number;
  readonly inconclusiveLimit?: number;
  readonly consecutiveErrorLimit?: number;
  readonly consecutiveSuccessLimit?: number;
}

/** `60s`, `5m`; anything else is no duration. */
export function argoDurationMs(text: string): number {
  const [, digits, unit] = /^(\d+)([sm])$/.exec(text) ?? [];
  return digits === undefined ? NaN : Number(digits) * (unit === 'm' ? 60_000 : 1000);
}

export function limitsOf(metric: ArgoMetric): MetricLimits {
  const { interval, failureLimit, inconclusiveLimit, consecutiveErrorLimit, consecutiveSuccessLimit, count } = metric;
  return {
    ...(interval === undefined ? {} : { intervalMs: argoDurationMs(interval) }),
    ...(failureLimit === undefined ? {} : { failureLimit }),
    ...(inconclusiveLimit === undefined ? {} : { inconclusiveLimit }),
    ...(consecutiveErrorLimit === undefined ? {} : { consecutiveErrorLimit }),
    ...(consecutiveSuccessLimit === undefined ? {} : { consecutiveSuccessLimit }),
    ...(count === undefined ? {} : { count }),
  };
}

export function phaseOf(phase: string): Phase {
  return phase.toLowerCase() as Phase;
}

export function tallyOf(result: Omit<MeasurementTally, 'consecutiveFailure'>): MeasurementTally {
  return { ...result, consecutiveFailure: 0 };
}
