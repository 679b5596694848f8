/**
 * Is this candidate healthy? Pure functions over counts, without I/O: the analysis that Headgate's rollouts run on.
 *
 * {@link analyse} judges recorded intervals; {@link beginAnalysis} and {@link observe} do the same one interval at a time.
 *
 * @module headgate/analysis
 */
export { analyse, type AnalysisTimeline } from './domain/analysis/analyse.js';
export {
  assessMetric,
  brokenLimit,
  tallyMeasurement,
  NO_MEASUREMENTS,
  type BrokenLimit,
  type MeasurementTally,
  type MetricLimits,
  type Phase,
} from './domain/analysis/argo/metric-assessment.js';
export { evaluateMeasurement, type Condition } from './domain/analysis/argo/measurement.js';
export { assessRun, endsTheRun, type RunAssessment, type RunMetric } from './domain/analysis/argo/run-assessment.js';
export { nextLookInMs, nextMeasurementInMs, type MeasurementSchedule } from './domain/analysis/argo/schedule.js';
export type { Breach, BreachedCheck } from './domain/analysis/breach.js';
export { carryOver, type AnalysisState } from './domain/analysis/analysis.js';
export { healthScore } from './domain/analysis/health-score.js';
export type { CheckView } from './domain/analysis/pictures.js';
export type {
  AnalysisPlan,
  BaselineCheck,
  Bounds,
  Check,
  CountedMetric,
  CustomCheck,
  Dispersion,
  MeasurementLimits,
  ProportionMetric,
  SequentialCheck,
  ThresholdCheck,
} from './domain/analysis/plan.js';
export type { ProofProgress } from './domain/analysis/proof.js';
export { problemsOfAnalysisPlan } from './domain/analysis/plan-rules.js';
export type { AnalysisInterval, LatencyBucket, Sampled, TrafficSample } from './domain/analysis/sample.js';
export {
  beginAnalysis,
  breachOf,
  observe,
  picturesOf,
  planVerdict,
  stageVerdict,
} from './domain/analysis/step-by-step.js';
export type { StageVerdict } from './domain/analysis/stage-verdict.js';
export { isWorse, worstVerdict, type Verdict } from './domain/analysis/verdict.js';
export { InvalidSpecError, type Problem } from './domain/errors.js';
