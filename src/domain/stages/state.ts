import type { AnalysisState } from '../analysis/analysis.js';
import type { Verdict } from '../analysis/verdict.js';
import type { Clock } from '../rollout/clock.js';
import type { Life } from '../rollout/life.js';
import type { TierName } from '../tier.js';
import type { StagesPlan } from './plan.js';
import { UPCOMING, type StageRecord } from './stage-record.js';

/** Nothing goes to the candidate, before its first share or after the last one was taken back: it waits to be told. */
interface Waiting {
  readonly step: 'waiting';
  /** Whether the candidate is there: how it is, is looked at from then on. */
  readonly isWatched: boolean;
  /** Since when, epoch milliseconds. */
  readonly sinceMs: number;
  /** How long it waits; `null` for ever. */
  readonly clock: Clock | null;
}

/** Its share has yet to be set. */
interface Applying {
  readonly step: 'applying';
  /** It replaces whatever is there: a person has seen the drift and lets the rollout go on. */
  readonly overrides: boolean;
}

/** Its time runs. */
interface Baking {
  readonly step: 'baking';
  /** How much of its time is left. */
  readonly clock: Clock;
  /** Why it may end before its time: health is proven; `null` until it is. */
  readonly proof: { readonly reason: string; readonly atMs: number } | null;
}

/** Its verdict is asked for, until it is known. */
interface Judging {
  readonly step: 'judging';
  /** How long the verdict may stay unknown; `null` until it was so once. */
  readonly clock: Clock | null;
  /** Judged before its time: the clock to bake on with when the verdict is unknown; `null` where its time is over. */
  readonly bake: Clock | null;
}

/** A person is asked whether to leave it. */
interface AwaitingApproval {
  readonly step: 'asking';
  /** How long an answer is waited for; `null` for ever. */
  readonly clock: Clock | null;
}

/**
 * What the rollout is at, in the order of a stage's life, with what is there only then. A pause or a hold lies on top of it
 * and changes nothing of it.
 */
export type AtStep =
  | { readonly step: 'preflight' }
  | Waiting
  | Applying
  | Baking
  | Judging
  | AwaitingApproval
  | { readonly step: 'closing' | 'undoing' | 'ended' };

/** A person's wish to go on now. */
export interface Promotion {
  readonly full: boolean;
  readonly by?: string;
  readonly reason?: string;
}

/** What a rollout in stages remembers at any step. */
interface AtAnyStep extends Life {
  readonly plan: StagesPlan;
  /** 1-based; 0 before the first percent. */
  readonly stage: number;
  /** The desired share, 0–100. */
  readonly sharePercent: number;
  /** The share that was read back last; `null` when what is set there now is not ours to expect. */
  readonly appliedPercent: number | null;
  readonly monitoringIntervalMs: number;
  /** How often the rollback policy was changed. */
  readonly policyRevision: number;
  /** An early verdict was unknown: a new proof of health counts only from then on, epoch milliseconds. */
  readonly proofNotBeforeMs: number | null;
  /** When a person last let a stage go on although it was breached: what was seen before is decided. `null`: never. */
  readonly overruledAtMs: number | null;
  readonly promotion: Promotion | null;
  readonly verdict: Verdict | null;
  readonly verdictReason: string | null;
  /** Evidence from before the running stage began, or began anew with another share. */
  readonly analysis: AnalysisState | null;
  /** The same with what the running stage has shown: counts from when the next stage, or the next share, begins. */
  readonly judgedAnalysis: AnalysisState | null;
  /** Since when a share cannot be set, epoch milliseconds; `null` while it can. */
  readonly alarmedAtMs: number | null;
  readonly stages: readonly StageRecord[];
  /** The tier of the installation, as the preflight has told it. Absent: any. */
  readonly tier?: TierName;
}

/** What a rollout in stages remembers, whatever it is that moves. */
export type StagesState = AtAnyStep & AtStep;

/** A rollout in stages, before the first. */
export function beforeTheFirst<P extends StagesPlan>(
  plan: P,
): Omit<AtAnyStep, keyof Life | 'plan'> & { readonly plan: P; readonly step: 'preflight' } {
  return {
    plan,
    step: 'preflight',
    stage: 0,
    sharePercent: 0,
    appliedPercent: null,
    monitoringIntervalMs: plan.monitoringIntervalMs,
    policyRevision: 0,
    proofNotBeforeMs: null,
    overruledAtMs: null,
    promotion: null,
    verdict: null,
    verdictReason: null,
    analysis: null,
    judgedAnalysis: null,
    alarmedAtMs: null,
    stages: plan.stages.map(() => UPCOMING),
  };
}

export function isLastStage(state: Pick<StagesState, 'stage' | 'plan'>): boolean {
  return state.stage === state.plan.stages.length;
}

/** The same rollout at another step: nothing is left of what only the step before had. */
export function at<S extends StagesState>(state: S, step: AtStep): S {
  const own = ['isWatched', 'sinceMs', 'overrides', 'clock', 'proof', 'bake'];
  const kept = Object.entries(state).filter(([field]) => !own.includes(field));
  return { ...(Object.fromEntries(kept) as S), ...step };
}

/** Whether the share that is being set replaces whatever is there. */
export function isOverriding(state: StagesState): boolean {
  return state.step === 'applying' && state.overrides;
}

/** What counts down now: the bake, the deadline of an unknown verdict or of an approval. */
export function clockOf(state: StagesState): Clock | null {
  return 'clock' in state ? state.clock : null;
}

/** The same with its clock changed, where one is there. */
export function withClock<S extends StagesState>(state: S, change: (clock: Clock) => Clock): S {
  const clock = clockOf(state);
  return clock === null ? state : { ...state, clock: change(clock) };
}
