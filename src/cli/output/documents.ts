import type { DeploymentHealth, DeploymentMetrics } from '../../client/deployment-monitor.js';
import type { LineStopped, Released } from '../../client/stop-the-line.js';
import type { Freeze } from '../../domain/stop-the-line/freeze.js';
import type { CommandAnswer } from '../../domain/stages/commands.js';
import type { CheckView } from '../../domain/analysis/pictures.js';
import type { Verdict } from '../../domain/analysis/verdict.js';
import type { BacktestOutcome } from '../../domain/observations/backtest.js';
import type { StageDecision } from '../../domain/observations/report.js';
import type { Outcome, Phase } from '../../domain/rollout/phase.js';
import type { RolloutPlan } from '../../spec/spec-kind.js';
import type { StatusBase } from '../../domain/rollout/status.js';
import type { ListedRollout } from '../../domain/rollout/listed-rollout.js';
import type { Weights } from '../../domain/traffic/weights.js';
import type { PolicySummary } from '../../domain/simulation/summary.js';
import type { TrafficModel } from '../../domain/simulation/traffic-model.js';
import type { Exit } from '../exit-codes.js';

/** Rises when a field changes its meaning or goes away; a new field does not raise it. */
export const SCHEMA_VERSION = 1;

/** One thing that is wrong, or could be better, in a file. */
export interface Finding {
  readonly rule: string;
  readonly path: string;
  readonly message: string;
  readonly expected: string | null;
  readonly got: string | null;
  readonly remedy: string | null;
  /** Where in the file, `file:line:column`, as far as it is known. */
  readonly at: string | null;
}

/** What is known of one file. */
export interface FileValidation {
  readonly file: string;
  readonly valid: boolean;
  /** What it rolls out. */
  readonly specs: readonly { readonly kind: string; readonly service: string; readonly version: string | null }[];
  readonly problems: readonly Finding[];
  /** What was understood, where it could be misread. */
  readonly notes: readonly string[];
  /** What is allowed, but not advised. */
  readonly advice: readonly string[];
}

export interface DoctorCheck {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly message: string;
  /** What to do about it; `null` when all is well. */
  readonly remedy: string | null;
  /** Commands to type. */
  readonly commands: readonly string[];
}

/** One service that was to go back past every rollout, and what became of it. */
export interface BrokenService {
  readonly service: string;
  /** What it was set to; `null`: nothing was written. */
  readonly weights: Weights | null;
  /** Why it is not as it should be; `null` when it is. */
  readonly left: string | null;
}

/** One line of a rollout's record. */
export interface HistoryItem {
  readonly at: string;
  readonly rolloutId: string;
  /** `event`: as Temporal's own record tells it, where there is no journal. */
  readonly type: 'started' | 'decision' | 'command' | 'outcome' | 'break-glass' | 'event';
  readonly what: string;
  readonly why: string | null;
  /** Who, as Temporal or the operating system recorded it. */
  readonly identity: string | null;
  /** Who, as the message itself claims. */
  readonly claimedBy: string | null;
}

/** The same verdict for a while. */
export interface VerdictRun {
  readonly verdict: Verdict;
  readonly from: string;
  readonly to: string;
  readonly intervals: number;
}

/** A stage, or as much of it as went by at one share, judged anew. */
export interface BacktestStage {
  readonly stage: number;
  readonly trafficPercent: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly intervals: number;
  readonly candidateRequests: number;
  readonly baselineRequests: number;
  readonly verdicts: readonly VerdictRun[];
  readonly checks: readonly {
    readonly name: string;
    readonly bound: string;
    readonly verdicts: readonly VerdictRun[];
    readonly failedAt: string | null;
    /** What it says at the end. */
    readonly sentence: string;
  }[];
  readonly decisions: readonly (Omit<StageDecision, 'atMs'> & { readonly at: string })[];
}

/** One rollout, judged anew. */
export interface BacktestRollout {
  readonly rolloutId: string;
  readonly service: string;
  readonly outcome: Omit<BacktestOutcome, 'atMs'> & { readonly at: string };
  readonly requestsExposed: number;
  readonly stages: readonly BacktestStage[];
  /** Only where every verdict is made again by the plan that it had. */
  readonly record: { readonly compared: number; readonly differences: readonly string[] } | null;
  /** What is not whole in the record. */
  readonly gaps: readonly string[];
}

/** Why one check says what it says. */
export type ExplainedCheck = Omit<CheckView, 'recent' | 'reason'> & { readonly sentence: string };

/** Why one stage went as it went. */
export interface ExplainedStage {
  readonly stage: number;
  readonly trafficPercent: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly conclusion: string | null;
  /** `live`: the watch says so now; `observations`: from what was kept; `none`: nobody knows more than the conclusion. */
  readonly source: 'live' | 'observations' | 'none';
  readonly checks: readonly ExplainedCheck[];
}

/** What each kind of document holds besides `schemaVersion` and `kind`. */
export interface Documents {
  /** A canary has all of its own status in it; another kind what it has. */
  RolloutStatus: StatusBase & { readonly next: readonly string[] } & {
    /** Which stops refuse starts of its service. Absent: none does. */ readonly freeze?: Freeze;
  };
  RolloutSummary: ListedRollout;
  RolloutList: {
    readonly items: readonly ListedRollout[];
    /** Which stops refuse starts. Absent: none does. */
    readonly freeze?: Freeze;
  };
  RolloutStarted: {
    readonly id: string;
    readonly service: string;
    readonly attached: boolean;
    /** `unanswered`: it has not come back within 10 s. One that refuses is told by a `RolloutStatus`. */
    readonly preflight: 'passed' | 'unanswered';
    readonly warnings: readonly string[];
  };
  CommandResult: Omit<CommandAnswer, 'rolloutId'> & {
    readonly id: string;
    readonly verb: string;
    /** `false`: a stop was handed to the server; it happens as soon as a worker is there. */
    readonly answered: boolean;
    readonly next: readonly string[];
  };
  History: { readonly source: 'journal' | 'temporal'; readonly items: readonly HistoryItem[] };
  HistoryItem: HistoryItem;
  Validation: { readonly valid: boolean; readonly files: readonly FileValidation[] };
  Plan: {
    readonly plans: readonly RolloutPlan[];
    readonly notes: readonly string[];
    readonly advice: readonly string[];
  };
  Simulation: {
    readonly service: string;
    /** How long the plan lasts when nothing stands in its way. */
    readonly plannedMs: number;
    readonly model: TrafficModel;
    readonly runs: number;
    readonly seed: number;
    /** What could not be simulated. */
    readonly notes: readonly string[];
    /** Headgate first. */
    readonly policies: readonly PolicySummary[];
  };
  Backtest: {
    /** `recorded`: each stage by the plan that it had. */
    readonly policy: string;
    readonly rollouts: readonly BacktestRollout[];
  };
  Observations: {
    readonly rolloutId: string;
    readonly service: string;
    readonly place: string;
    readonly intervals: number;
    readonly from: string | null;
    readonly to: string | null;
    readonly gaps: readonly string[];
  };
  Explanation: {
    readonly id: string;
    readonly service: string;
    readonly phase: Phase;
    readonly outcome: Outcome | null;
    readonly reason: string;
    readonly stages: readonly ExplainedStage[];
    readonly next: readonly string[];
  };
  Health: { readonly items: readonly DeploymentHealth[] };
  DeploymentHealth: DeploymentHealth;
  Metrics: DeploymentMetrics;
  Doctor: { readonly ok: boolean; readonly checks: readonly DoctorCheck[] };
  Configuration: { readonly configuration: unknown };
  Files: { readonly written: readonly string[]; readonly kept: readonly string[] };
  Demo: {
    readonly asItMust: boolean;
    readonly chapters: readonly { readonly title: string; readonly outcome: Outcome | null; readonly tookMs: number }[];
  };
  BreakGlass: {
    readonly service: string;
    /** What was left beside the weights. */
    readonly fence: number;
    readonly before: readonly { readonly instance: string; readonly weights: Weights | null }[];
    readonly after: readonly {
      readonly instance: string;
      readonly weights: Weights | null;
      /** Whether it does what was set. */
      readonly done: boolean;
    }[];
    readonly journaled: boolean;
    readonly warnings: readonly string[];
  };
  BreakGlassAll: {
    readonly services: readonly BrokenService[];
    /** Those of which the journal knows no rollout. */
    readonly unknown: readonly string[];
    readonly journaled: boolean;
  };
  LineStopped: LineStopped & { readonly next: readonly string[] };
  LineReleased: Released & { readonly next: readonly string[] };
  Error: ErrorFields;
}

/** An error, for programs. */
export interface ErrorFields {
  /** Stable: programs may branch on it. */
  readonly code: string;
  /** The class of the error, one word per exit code. */
  readonly reason: Exit;
  readonly exitCode: number;
  readonly message: string;
  readonly expected: string | null;
  readonly got: string | null;
  readonly hint: string | null;
  /** Commands to type next. */
  readonly next: readonly string[];
  /** Every problem of a specification that was refused. */
  readonly problems: readonly Finding[];
}

export type Kind = keyof Documents;

/** What `-o json` prints: plain data with a version and a kind. */
export type Document<K extends Kind = Kind> = {
  [Each in K]: { readonly schemaVersion: typeof SCHEMA_VERSION; readonly kind: Each } & Documents[Each];
}[K];

export function documentOf<K extends Kind>(kind: K, fields: Documents[K]): Document<K> {
  return { schemaVersion: SCHEMA_VERSION, kind, ...fields };
}
