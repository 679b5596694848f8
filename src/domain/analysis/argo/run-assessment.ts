import { isWorse, type Verdict } from '../verdict.js';
import {
  assessMetric,
  brokenLimit,
  type MeasurementTally,
  type MetricLimits,
  type Phase,
} from './metric-assessment.js';

/** One metric of a run, as it stood before this assessment. */
export interface RunMetric {
  readonly name: string;
  readonly limits: MetricLimits;
  readonly tally: MeasurementTally;
  /** A verdict stands; anything else is assessed anew. */
  readonly priorPhase: Phase;
  readonly last: Phase | null;
  /** Counted and shown, never decisive. */
  readonly dryRun: boolean;
  /** What the newest measurement complained of; empty when it did not. */
  readonly resultMessage: string;
}

export interface RunAssessment {
  readonly phase: 'running' | Verdict;
  readonly message: string;
  readonly dryRunSummary: Readonly<Record<'count' | Verdict, number>>;
}

/**
 * What a set of metrics says by Argo Rollouts' rules: the worst verdict, once every metric has one.
 *
 * A metric that is bad, or a wish to end, is asked of the others first: a measurement under way is waited for.
 */
export function assessRun(metrics: readonly RunMetric[], terminateRequested: boolean): RunAssessment {
  const terminating = terminateRequested || metrics.some((metric) => !metric.dryRun && endsTheRun(metric.priorPhase));
  const dryRunSummary = { count: 0, successful: 0, failed: 0, inconclusive: 0, error: 0 };
  let worst: Verdict = 'successful';
  let message = terminateRequested ? 'Run Terminated' : '';
  let underWay = false;

  for (const metric of metrics) {
    const phase = phaseOf(metric, terminating);
    if (metric.dryRun) dryRunSummary.count += 1;
    if (!isVerdict(phase)) underWay = true;
    else if (metric.dryRun) dryRunSummary[phase] += 1;
    else if (isWorse(worst, phase)) {
      worst = phase;
      message = whyItEnded(metric, phase) ?? message;
    }
  }
  return underWay ? { phase: 'running', message: '', dryRunSummary } : { phase: worst, message, dryRunSummary };
}

function phaseOf(metric: RunMetric, terminating: boolean): Phase {
  if (isVerdict(metric.priorPhase)) return metric.priorPhase;
  return assessMetric(metric.limits, metric.tally, metric.last, terminating);
}

function whyItEnded(metric: RunMetric, phase: Verdict): string | null {
  const broken = brokenLimit(metric.limits, metric.tally);
  if (broken === null) return null;
  const complaint = metric.resultMessage === '' ? '' : `: "Error Message: ${metric.resultMessage}"`;
  const assessed = phase.charAt(0).toUpperCase() + phase.slice(1);
  return `Metric "${metric.name}" assessed ${assessed} due to ${broken.message}${complaint}`;
}

function isVerdict(phase: Phase): phase is Verdict {
  return phase !== 'pending' && phase !== 'running';
}

/** A sibling with such a verdict ends the run for everybody. */
export function endsTheRun(phase: Phase): boolean {
  return phase === 'failed' || phase === 'error' || phase === 'inconclusive';
}
