import type { Verdict } from '../domain/analysis/verdict.js';
import type { AnalysisState } from '../domain/analysis/state.js';
import type { CanaryPlan } from '../domain/rollout/plan.js';
import type { Roles, Weights } from '../domain/rollout/weights.js';
import type { RolloutStatus } from '../domain/rollout/status.js';
import type { Happening } from '../domain/rollout/state.js';

/** Looks whether a service is fit for a rollout; moves nothing. */
export interface PreflightInput {
  readonly plan: CanaryPlan;
  /** Under which what the baseline teaches is kept. Absent: it is not kept. */
  readonly rolloutId?: string;
}

export type PreflightReport =
  | {
      readonly fit: true;
      readonly roles: Roles;
      readonly warnings: readonly string[];
      /** What the baseline has taught before the rollout began. */
      readonly analysis: AnalysisState | null;
    }
  | { readonly fit: false; readonly problems: readonly PreflightProblem[] };

/** One thing that speaks against a rollout. */
export interface PreflightProblem {
  /** What was looked at: `service`, `router`, `weights`, `candidate`, `metrics`, `version`. */
  readonly subject: string;
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
}

export interface SetWeightsInput {
  readonly service: string;
  readonly weights: Weights;
  /** The id of the rollout that ends with these weights: once they are read back, it needs no guard any more. */
  readonly ends?: string;
}

export interface SetWeightsReport {
  readonly instances: number;
  readonly weights: Weights;
}

export interface ReadDriftInput {
  readonly service: string;
  readonly expected: Weights;
}

/** `drift` is one sentence; `null` when every instance does what was set. */
export interface DriftReport {
  readonly drift: string | null;
}

/** One stage as the watch and the judge see it. */
export interface StageView {
  readonly plan: CanaryPlan;
  readonly rolloutId: string;
  readonly roles: Roles;
  readonly stage: number;
  readonly sharePercent: number;
  /** Epoch milliseconds, when the stage's weights were read back, or when a person last overruled what was found in it. */
  readonly startedAtMs: number;
  readonly monitoringIntervalMs: number;
  /** Evidence from earlier stages. */
  readonly carried: AnalysisState | null;
}

export interface WatchInput extends StageView {
  /** What was reported already and is held for: only what is new counts. */
  readonly known: { readonly drift: boolean; readonly sharedBreach: boolean; readonly breach?: boolean };
  /** Come back with proof of health, from then on, epoch milliseconds. Absent: nobody waits for it. */
  readonly proofFromMs?: number;
}

/** Why a watch came back. */
export type WatchEnd =
  | {
      readonly kind: 'breach';
      readonly reason: string;
      readonly evidence: unknown;
      readonly shared: boolean;
      readonly sampledAtMs: number;
    }
  | { readonly kind: 'drift'; readonly reason: string }
  | { readonly kind: 'proven'; readonly reason: string; readonly sampledAtMs: number };

export interface JudgeInput extends StageView {
  /** Fail retryably instead of answering that nothing is known. */
  readonly untilKnown: boolean;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly evidence: unknown;
  /** Evidence for the stages to come. */
  readonly carried: AnalysisState | null;
}

export interface RecordInput {
  readonly rolloutId: string;
  readonly service: string;
  readonly happenings: readonly Happening[];
  readonly status: RolloutStatus;
}

/** What workflows may ask of the world. */
export interface Activities {
  preflight(input: PreflightInput): Promise<PreflightReport>;
  setWeights(input: SetWeightsInput): Promise<SetWeightsReport>;
  readDrift(input: ReadDriftInput): Promise<DriftReport>;
  watchStage(input: WatchInput): Promise<WatchEnd>;
  judgeStage(input: JudgeInput): Promise<Judgement>;
  record(input: RecordInput): Promise<void>;
}
