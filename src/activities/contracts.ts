import type { Verdict } from '../domain/analysis/verdict.js';
import type { AnalysisState } from '../domain/analysis/analysis.js';
import type { HealthPlan, Probing } from '../domain/health/health-plan.js';
import type { ServiceHealth } from '../domain/health/health.js';
import type { FencedWrite } from '../domain/traffic/fence.js';
import type { GuardPlan, PreflightPlan } from '../domain/traffic/guard-plan.js';
import type { KnownVersions } from '../domain/traffic/serving/serves.js';
import type { LookAtHealth, LookAtMetrics } from '../domain/traffic/look-at-service.js';
import type { ServiceMetrics } from '../domain/traffic/service-metrics.js';
import type { UndoWish } from '../domain/traffic/serving/undo-wish.js';
import type { Warning } from '../domain/rollout/warnings.js';
import type { Roles, Weights } from '../domain/traffic/weights.js';
import type { AskedOfTier, TierName } from '../domain/tier.js';
import type { StatusBase, StatusProblem } from '../domain/rollout/status.js';
import type { HookReport } from '../domain/hooks/answer.js';
import type { Moment } from '../domain/hooks/moments.js';
import type { HookPayload } from '../domain/hooks/payload.js';
import type { HooksOfService } from '../domain/hooks/state.js';
import type { Scope } from '../domain/stop-the-line/scope.js';
import type { WrittenService } from '../domain/stop-the-line/service-step.js';
import type { Left, MixedService } from '../domain/stop-the-line/state.js';
import type { LogLine } from '../domain/rollout/log-line.js';

/** Looks whether a service is fit for a rollout; moves nothing. */
export interface PreflightInput {
  readonly plan: PreflightPlan;
  /** Under which what the baseline teaches is kept. Absent: it is not kept. */
  readonly rolloutId?: string;
  /** Roll the version out also where it serves everybody already. */
  readonly again?: boolean;
  /** The candidate is looked at when traffic shall go to it: it need not be there yet. Absent: it must. */
  readonly candidateComesLater?: true;
  /** Both backends are probed all the time, in this way; where the plan names no endpoints, those of the service. */
  readonly probesBoth?: Probing;
  /** Go back to what served before. Absent: it brings something new. */
  readonly undo?: UndoWish;
  /** What it asks of the tier of the installation, beside the checks of its plan. Absent: nothing, as an undo does. */
  readonly asks?: Omit<AskedOfTier, 'checks'>;
}

export type PreflightReport = PreflightFindings & {
  /** The hooks of the service, by moment. Absent: none. */
  readonly hooks?: HooksOfService;
};

type PreflightFindings =
  | {
      readonly fit: true;
      readonly roles: Roles;
      readonly warnings: readonly Warning[];
      readonly known: KnownVersions;
      /** Of an undo: what its target holds. Absent: what the plan names. */
      readonly version?: string;
      /** Of an undo: it is not guarded on its way, which leads back from a split. */
      readonly atOnce?: true;
      /** Why nothing has to be moved. Absent: something has. */
      readonly alreadyServes?: string;
      /** How both backends are probed. Absent: as the plan, or the service, says. */
      readonly health?: HealthPlan;
      /** The fences that the instances bear, each once; `NO_FENCE` among them where an instance has none. */
      readonly fences: readonly number[];
      /** What the baseline has taught before the rollout began. */
      readonly analysis: AnalysisState | null;
      /** The tier of the installation: a policy that is changed later must be in it too. Absent: any. */
      readonly tier?: TierName;
    }
  | {
      readonly fit: false;
      readonly problems: readonly PreflightProblem[];
      readonly warnings?: readonly Warning[];
      readonly known?: KnownVersions;
    };

/** One thing that speaks against a rollout. */
export type PreflightProblem = StatusProblem;

export interface SetWeightsInput extends FencedWrite {
  readonly service: string;
  readonly rolloutId: string;
  readonly weights: Weights;
  /** The rollout ends with these weights: once they are read back, it needs no guard any more. */
  readonly ends?: true;
}

/** What a guard did by itself, before it told anybody. */
export interface GuardUndo {
  readonly reason: string;
  readonly evidence: unknown;
  /** Epoch milliseconds. */
  readonly undoneAtMs: number;
}

export type SetWeightsReport =
  | { readonly outcome: 'set'; readonly instances: number; readonly weights: Weights }
  /** An instance bears another fence than the write may replace: it is outdated, and is not tried again. */
  | ({ readonly outcome: 'stale'; readonly greatestFence: number } & Found);

export interface ReadDriftInput {
  readonly service: string;
  readonly rolloutId: string;
  readonly expected: Weights;
  /** What instances may bear beside them. */
  readonly fences: readonly number[];
}

/** What was found instead of what the rollout left. */
interface Found {
  /** One sentence; `null` when every instance does what was set. */
  readonly drift: string | null;
  /** It is a guard of this very stage that changed it; `null` when it is not. */
  readonly undone: GuardUndo | null;
}

export type DriftReport = Found;

/** One stage as the watch and the judge see it. */
export interface StageView {
  readonly plan: GuardPlan;
  readonly rolloutId: string;
  readonly roles: Roles;
  readonly stage: number;
  readonly stageCount: number;
  readonly sharePercent: number;
  /** Epoch milliseconds, when the stage's weights were read back, or when a person last overruled what was found in it. */
  readonly startedAtMs: number;
  readonly monitoringIntervalMs: number;
  /** What instances may bear beside the stage's share. */
  readonly fences: readonly number[];
  /** Evidence from earlier stages. */
  readonly carried: AnalysisState | null;
}

export interface WatchInput extends StageView {
  /** Nothing goes to the candidate: health and weights are looked at, and nothing is held against it. Absent: something does. */
  readonly isWaiting?: true;
  /** What was reported already and is held for: only what is new counts. */
  readonly known: {
    readonly drift: boolean;
    readonly sharedBreach: boolean;
    readonly breach?: boolean;
    /** People were told that nobody guards: come back as soon as the guard sees again. */
    readonly unguarded?: boolean;
  };
  /** The share is on its way: instances may still have the one from before, in percent. Absent: it was read back. */
  readonly comesFromPercent?: number;
  /** Come back with proof of health, from then on, epoch milliseconds. Absent: nobody waits for it. */
  readonly proofFromMs?: number;
}

/** Why a watch came back. */
export type WatchEnd =
  | {
      readonly kind: 'breach';
      readonly source: 'checks' | 'probes';
      readonly reason: string;
      readonly evidence: unknown;
      readonly shared: boolean;
      readonly sampledAtMs: number;
      /** When the guard had put all traffic back by itself. Absent: it has not. */
      readonly undoneAtMs?: number;
    }
  | { readonly kind: 'drift'; readonly reason: string }
  /** A newer decision of the same rollout stands beside the weights: there is nothing left to guard here. */
  | { readonly kind: 'outdated'; readonly reason: string }
  /** The guard cannot look for a reason of its own, not of the data plane's or the metric source's. */
  | { readonly kind: 'blind'; readonly reason: string }
  /** It was said that nobody guards: now somebody does. */
  | { readonly kind: 'guarding' }
  /** It goes on with what another worker began, which may live on, cut off from Temporal: the weights need a new fence. */
  | { readonly kind: 'takenOver' }
  | { readonly kind: 'proven'; readonly reason: string; readonly sampledAtMs: number };

/** An environment that shall get all the traffic. */
export interface EnvironmentView {
  readonly plan: GuardPlan;
  readonly rolloutId: string;
  readonly roles: Roles;
  /** Which of the two. */
  readonly slot: string;
}

export interface CheckEnvironmentInput extends EnvironmentView {
  /** Fail retryably instead of answering that it is not known to be healthy. */
  readonly untilHealthy: boolean;
}

/** Whether an environment may serve. */
export interface EnvironmentAnswer {
  readonly fit: boolean;
  /** One sentence. */
  readonly reason: string;
}

export interface JudgeInput extends StageView {
  /** Fail retryably instead of answering that nothing is known. */
  readonly untilKnown: boolean;
}

export interface StageAnswer {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly evidence: unknown;
  /** Evidence for the stages to come. */
  readonly carried: AnalysisState | null;
  /** A guard has undone the stage already, for this. */
  readonly undone?: GuardUndo;
}

export interface RecordInput {
  readonly rolloutId: string;
  readonly service: string;
  /** Under which the senders of its commands are found. */
  readonly workflowId: string;
  readonly lines: readonly LogLine[];
  readonly status: StatusBase;
}

/** What was seen, or why nothing could be looked at. */
export type Looked<Seen> = { readonly seen: Seen } | { readonly refused: PreflightProblem };

/** Asks or tells one hook, once. */
export interface RunHookInput {
  readonly service: string;
  /** Its name in headgate.yaml. */
  readonly hook: string;
  readonly moment: Moment;
  readonly idempotencyKey: string;
  readonly payload: HookPayload;
}

/** Brings everything in scope back, as far as it can be done within its time. */
export interface BringBackInput {
  /** Of the workflow, so that its commands are told from others': `stop-the-line@run`. */
  readonly lineId: string;
  readonly stopId: string;
  readonly scope: Scope;
  readonly reason: string | null;
  readonly by: string | null;
  /** These services alone, of which the worker must know the first. Absent: all in scope that it knows. */
  readonly services?: readonly string[];
  /** What was written already for this stop. */
  readonly written: readonly WrittenService[];
  /** Since when starts are refused, epoch milliseconds: who has begun later moves nothing. Absent: from now on. */
  readonly frozenAtMs?: number;
  /** Rollouts that were told to go back already. */
  readonly told: readonly string[];
  /** Services that are known to be left: one more is told at once. */
  readonly knownLeft: readonly string[];
  /** So long it may look on, at most. */
  readonly forMs: number;
}

export interface BringBackReport {
  /** The services that it looked at. */
  readonly services: readonly string[];
  /** In scope, but known to other workers only, if to any. */
  readonly elsewhere: readonly string[];
  readonly inFlight: readonly string[];
  readonly told: readonly string[];
  readonly left: readonly Left[];
  /** Of services that are left, or in flight. */
  readonly written: readonly WrittenService[];
  readonly mixed: readonly MixedService[];
  readonly frozenAtMs: number;
}

/** What workflows may ask of the world. */
export interface Activities {
  preflight(input: PreflightInput): Promise<PreflightReport>;
  setWeights(input: SetWeightsInput): Promise<SetWeightsReport>;
  readDrift(input: ReadDriftInput): Promise<DriftReport>;
  watchStage(input: WatchInput): Promise<WatchEnd>;
  judgeStage(input: JudgeInput): Promise<StageAnswer>;
  checkEnvironment(input: CheckEnvironmentInput): Promise<EnvironmentAnswer>;
  record(input: RecordInput): Promise<void>;
  lookAtHealth(input: Omit<LookAtHealth, 'kind'>): Promise<Looked<ServiceHealth>>;
  lookAtMetrics(input: Omit<LookAtMetrics, 'kind'>): Promise<Looked<ServiceMetrics>>;
  runHook(input: RunHookInput): Promise<HookReport>;
  bringBack(input: BringBackInput): Promise<BringBackReport>;
}
