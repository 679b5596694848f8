import { Counter, Histogram, type Registry } from 'prom-client';
import type { StatusBase } from '../../domain/rollout/status.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

const DURATIONS_S = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR];
const LATENCIES_S = [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Counts how rollouts end. Each end is counted by the worker that put it on record. */
export class Outcomes {
  private readonly total: Counter<'service' | 'outcome' | 'reason'>;
  private readonly duration: Histogram<'outcome'>;
  private readonly abortLatency: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.total = new Counter({
      name: 'headgate_rollout_outcomes_total',
      help: 'Rollouts that ended, by outcome and by what stopped them; "passed" when nothing did.',
      labelNames: ['service', 'outcome', 'reason'] as const,
      registers,
    });
    this.duration = new Histogram({
      name: 'headgate_rollout_duration_seconds',
      help: 'From the start of a rollout to its end.',
      labelNames: ['outcome'] as const,
      buckets: DURATIONS_S,
      registers,
    });
    this.abortLatency = new Histogram({
      name: 'headgate_abort_latency_seconds',
      help: 'From the decision to stop a rollout to all traffic read back on the baseline.',
      buckets: LATENCIES_S,
      registers,
    });
  }

  count({ service, outcome, stop, startedAt, endedAt, moved }: StatusBase): void {
    if (outcome === null || endedAt === null) return;
    this.total.inc({ service, outcome, reason: stop?.cause ?? 'passed' });
    this.duration.observe({ outcome }, secondsBetween(startedAt, endedAt));
    // Where no traffic had moved, none had to come back.
    if (stop?.at != null && moved) this.abortLatency.observe(secondsBetween(stop.at, endedAt));
  }
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
}
