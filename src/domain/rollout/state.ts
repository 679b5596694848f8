import type { AnalysisState } from '../analysis/state.js';
import type { Verdict } from '../analysis/verdict.js';
import { formatPercent } from '../percent.js';
import type { TierName } from '../tier.js';
import type { Alarms } from './alarms.js';
import type { Outcome } from './phase.js';
import type { CanaryPlan } from './plan.js';
import type { StageClock } from './stage-clock.js';
import type { Stop } from './stop.js';
import type { KnownVersions } from './serving/serves.js';
import type { UndoWish } from './serving/undo-wish.js';
import type { Warning } from './warnings.js';
import type { Roles } from './weights.js';

/**
 * What the rollout is at, in the order of a stage's life. A pause or a hold lies on top of it and changes nothing of it.
 */
export type Step = 'preflight' | 'applying' | 'baking' | 'judging' | 'asking' | 'closing' | 'undoing' | 'ended';

/** A reason to stay where we are until a person, new knowledge or a deadline decides. */
export interface Hold {
  readonly kind: 'unknown' | 'drift' | 'sharedBreach' | 'breach' | 'rejected' | 'approvalTimeout';
  readonly reason: string;
  readonly sinceMs: number;
  /** Whether a person must act; an unknown verdict is waited for first. */
  readonly needsHuman: boolean;
  /** What would have been undone, had the plan not said that a person decides: rolls back as soon as it says so. */
  readonly breach?: {
    readonly cause: 'breach' | 'judgement';
    readonly reason: string;
    readonly evidence?: unknown;
    readonly undoneAtMs?: number;
  };
  /** What it was held for before: that holds as well, until a person decides. */
  readonly onTopOf?: Hold;
}

export interface Pause {
  readonly sinceMs: number;
  /** Resumes by itself then; `null` waits for a resume. */
  readonly untilMs: number | null;
  readonly by?: string;
  readonly reason?: string;
}

/** A person's wish to go on now. */
export interface Promotion {
  readonly full: boolean;
  readonly by?: string;
  readonly reason?: string;
}

/** About a stage that may end before its time. */
export interface EarlyEnd {
  /** Why it may: health is proven; `null` until it is. */
  readonly proof: { readonly reason: string; readonly atMs: number } | null;
  /** While it is judged before its time: the clock to go on with when the verdict is unknown. */
  readonly clock: StageClock | null;
  /** A verdict that was unknown: a new proof counts only from then on, epoch milliseconds. */
  readonly notBeforeMs: number | null;
}

/** How one stage went. */
export interface StageRecord {
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly conclusion: string | null;
}

/** One line of what happened, numbered from 1. */
export interface Happening {
  readonly number: number;
  readonly atMs: number;
  readonly kind: 'started' | 'decision' | 'command' | 'outcome';
  readonly what: string;
  readonly by?: string;
  readonly why?: string;
  /** For a command: the message it came as, so that its sender can be looked up. */
  readonly message?: {
    readonly channel: 'signal' | 'update';
    readonly name: string;
    readonly ordinal: number;
    /** The run of the workflow that it came to: ordinals are counted in each anew. */
    readonly runId: string;
  };
  /** It stands for so many lines that are lost. */
  readonly lost?: number;
}

/** Everything that a rollout remembers: plain data, carried whole when the workflow continues as new. */
export interface RolloutState {
  readonly id: string;
  readonly plan: CanaryPlan;
  readonly requestedBy: string | null;
  readonly requestId: string | null;
  readonly startedAtMs: number;
  /** It is to be rolled out also where it serves already. Absent: not. */
  readonly again?: true;
  /** It goes back to what served before. Absent: it brings something new. */
  readonly undo?: UndoWish;
  readonly step: Step;
  /** Known after the preflight. */
  readonly roles: Roles | null;
  /** What the preflight has learned about versions. Absent: nothing. */
  readonly known?: KnownVersions;
  /** The tier of the installation, as the preflight has told it. Absent: any. */
  readonly tier?: TierName;
  /** Why nothing had to be moved. Absent: something had. */
  readonly alreadyServes?: string;
  readonly warnings: readonly Warning[];
  /** 1-based; 0 before the first percent. */
  readonly stage: number;
  /** The candidate's desired share, 0–100. */
  readonly sharePercent: number;
  /** The share that was read back last; `null` when what is set there now is not ours to expect. */
  readonly appliedPercent: number | null;
  readonly monitoringIntervalMs: number;
  /** How often the rollback policy was changed; absent: never. */
  readonly policyRevision?: number;
  /** Counts down the bake, the approval or the deadline of an unknown verdict, whichever `step` is at. */
  readonly clock: StageClock | null;
  /** Absent in what earlier versions carried over. */
  readonly early?: EarlyEnd | null;
  readonly pause: Pause | null;
  readonly hold: Hold | null;
  /** When a person last let a stage go on although it was breached: what was seen before is decided. Absent: never. */
  readonly overruledAtMs?: number;
  readonly promotion: Promotion | null;
  /** The strongest reason to stop so far. Once set it is never taken back. */
  readonly stop: Stop | null;
  readonly verdict: Verdict | null;
  readonly verdictReason: string | null;
  /** Evidence from before the running stage began, or began anew with another share. */
  readonly analysis: AnalysisState | null;
  /** The same with what the running stage has shown: counts from when the next stage, or the next share, begins. */
  readonly judgedAnalysis: AnalysisState | null;
  /** What a person should know about, although nothing is held for it. */
  readonly alarms: Alarms;
  /** Since when a share cannot be set, epoch milliseconds; `null` while it can. */
  readonly alarmedAtMs: number | null;
  /** The next change of weights replaces whatever is there: a person has seen the drift and lets the rollout go on. */
  readonly overrides: boolean;
  /**
   * The fences that instances may bear by what this rollout has read or decided, oldest first: those that stand beside the
   * share that was read back last, and those of decisions since, which may have reached some instances. See `fence.ts`.
   */
  readonly fences: readonly number[];
  readonly stages: readonly StageRecord[];
  readonly happenings: readonly Happening[];
  readonly happeningCount: number;
  /** The journal has every line up to this number. */
  readonly journaledTo: number;
  /** Commands that were taken, by verb and id. */
  readonly handled: readonly string[];
  readonly outcome: Outcome | null;
  readonly endedAtMs: number | null;
}

/** What starts a rollout. */
export interface RolloutStart {
  readonly id: string;
  readonly plan: CanaryPlan;
  readonly requestedBy?: string;
  readonly requestId?: string;
  readonly again?: boolean;
  readonly undo?: UndoWish;
  readonly atMs: number;
}

export function beginRollout(start: RolloutStart): RolloutState {
  return {
    id: start.id,
    plan: start.plan,
    requestedBy: start.requestedBy ?? null,
    requestId: start.requestId ?? null,
    startedAtMs: start.atMs,
    ...(start.again === true ? { again: true } : {}),
    ...(start.undo === undefined ? {} : { undo: start.undo }),
    step: 'preflight',
    roles: null,
    warnings: [],
    stage: 0,
    sharePercent: 0,
    appliedPercent: null,
    monitoringIntervalMs: start.plan.monitoringIntervalMs,
    clock: null,
    early: null,
    pause: null,
    hold: null,
    promotion: null,
    stop: null,
    verdict: null,
    verdictReason: null,
    analysis: null,
    judgedAnalysis: null,
    alarms: {},
    alarmedAtMs: null,
    overrides: false,
    fences: [],
    stages: start.plan.stages.map(() => ({ startedAtMs: null, endedAtMs: null, conclusion: null })),
    happenings: [started(start)],
    happeningCount: 1,
    journaledTo: 0,
    handled: [],
    outcome: null,
    endedAtMs: null,
  };
}

function started({ plan, requestedBy, undo, atMs }: RolloutStart): Happening {
  const stages = plan.stages.map(({ trafficPercent }) => formatPercent(trafficPercent)).join(' → ');
  const what = `Started${plan.version === undefined ? '' : ` ${plan.version}`}: ${stages}`;
  return {
    number: 1,
    atMs,
    kind: 'started',
    what: undo === undefined ? what : undoWords(undo),
    ...(requestedBy === undefined ? {} : { by: requestedBy }),
    ...(undo?.reason === undefined ? {} : { why: undo.reason }),
  };
}

function undoWords({ to, now }: UndoWish): string {
  return `Started an undo: back to ${to ?? 'what served before'}${now === true ? ', at once' : ''}`;
}

export function isLastStage(state: RolloutState): boolean {
  return state.stage === state.plan.stages.length;
}
