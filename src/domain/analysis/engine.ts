import type { Problem } from '../errors.js';
import type { Increase, Interval } from './estimate.js';
import type { Weighing } from './evidence/weighed.js';
import type { ValueUnit } from './format.js';
import type { CheckMemory } from './memory.js';
import type { Check, CountedMetric } from './plan.js';
import type { Reading } from './reading.js';
import type { AnalysisInterval } from './sample.js';
import type { StageCounts } from './stage-counts.js';
import type { Verdict } from './verdict.js';

/** Each kind of check has its engine, but a custom one is judged like a threshold. */
export type EngineName = Exclude<Check['kind'], 'custom'>;

/**
 * Whether traffic can ever prove that the candidate is healthy: `fixed` where single measurements decide and nothing is
 * proven, `never` where the bound leaves no room below it.
 */
export type Provability = 'provable' | 'fixed' | 'never';

/** What a kind of check says before anything is measured. */
export interface CheckKind<C extends Check> {
  readonly engine: EngineName;
  readonly comparesWithBaseline: boolean;
  /** What people call it: its metric; `errorRate vs baseline` when it compares. */
  nameOf(check: C): string;
  /** `null` where a source tells the value. */
  metricOf(check: C): string | null;
  /** What it allows, in words: `max 1 %`, `max +50 %`. */
  boundOf(check: C, unit: ValueUnit): string;
  problemsOf(check: C, path: string): Problem[];
  provabilityOf(check: C): Provability;
}

/** A check with what follows from it and its plan, worked out once. */
export interface CompiledCheck {
  /** Equal for equal checks: how a check finds its memory. */
  readonly key: string;
  /** Unique within the plan. */
  readonly name: string;
  readonly unit: ValueUnit;
  /** What is allowed, in words: `max 1 %`. */
  readonly bound: string;
  /** What it counts; `null` where a source tells the value. */
  readonly metric: CountedMetric | null;
  readonly comparesWithBaseline: boolean;
}

/** A check together with what it remembers. */
export interface Joined<Compiled = CompiledCheck, State = CheckMemory> {
  readonly compiled: Compiled;
  readonly state: State;
}

/** What one check says now, and why, as a code: words are made only for those who read them. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly because: Because;
}

export type Because =
  | 'failed'
  | 'passed'
  | 'over'
  | 'trouble'
  | 'brokenLimit'
  | 'notMeasured'
  | 'measurementsMissing'
  | 'requestsMissing'
  | 'unanswered'
  | 'untimed'
  | 'lastOneBad'
  | 'beyondBound'
  | 'insideBucket'
  | 'notProven'
  | 'suspended'
  | 'nothingToCompare';

export const FAILED: Judgement = { verdict: 'failed', because: 'failed' };
export const PASSED: Judgement = { verdict: 'successful', because: 'passed' };
export const TROUBLE: Judgement = { verdict: 'error', because: 'trouble' };

export function undecided(because: Because): Judgement {
  return { verdict: 'inconclusive', because };
}

/** Words for one judgement. */
export interface Explanation {
  /** Why, with numbers, to stand after the check's name. */
  readonly reason: string;
  /** What a pass needs that is not there yet, to stand after the check's name; `null` when nothing is. */
  readonly missing: string | null;
}

/** What people are shown of a check that has not failed. */
export interface Shown {
  /** The candidate's value over the stage so far; `null` when it cannot be known. */
  readonly value: number | null;
  /** Between what it lies, roughly, at 95 %. */
  readonly interval: Interval | null;
  readonly increase: Increase | null;
  /** 1 while nothing speaks against the candidate, and less the nearer the check is to failing. */
  readonly healthScore: number | null;
}

/**
 * How checks of one kind are judged. Each stands in a folder of its own and knows nothing of the others.
 *
 * What it remembers is plain data; nothing about an interval makes it throw.
 */
export interface Engine<C extends Check, Compiled extends CompiledCheck, State extends CheckMemory> {
  /** Among so many tests a check shares its plan's alpha. */
  testsIn(check: C): number;
  compile(check: C, common: CompiledCheck, weighing: Weighing): Compiled;
  /** @param past what the baseline did before */
  begin(compiled: Compiled, past: readonly AnalysisInterval[]): State;
  /** After one more interval. @param stage as it was before */
  observe(check: Joined<Compiled, State>, reading: Reading, stage: StageCounts): State;
  judge(check: Joined<Compiled, State>, stage: StageCounts): Judgement;
  /** Asked only of a check that has not failed, and of reasons that are this engine's own. */
  explain(check: Joined<Compiled, State>, judgement: Judgement, stage: StageCounts): Explanation;
  /** For a new stage, or a changed share: evidence of harm stays. */
  carry(state: State): State;
  /** About how many more requests prove health: 0 when they have, `null` where nothing is proven. */
  requestsToProve(check: Joined<Compiled, State>, stage: StageCounts): number | null;
  show(check: Joined<Compiled, State>, stage: StageCounts): Shown;
}
