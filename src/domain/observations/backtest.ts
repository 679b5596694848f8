import { carryOver, stateOf, type AnalysisState } from '../analysis/analysis.js';
import { findingIn } from '../analysis/breach.js';
import { learnFrom } from '../analysis/learn.js';
import type { AnalysisPlan } from '../analysis/plan.js';
import { judgementOn, type StageJudgement } from '../analysis/stage-judgement.js';
import { JudgedStage } from './judged-stage.js';
import type { BreachLine } from './line.js';
import type { Reading, Recording, StageReadings } from './recording.js';
import { reportOn, type StageDecision, type StageReport } from './report.js';
import type { FoldedInterval, StageFold } from './stage-fold.js';
import { asRecorded, replayedBy, type StageReplay } from './stage-replay.js';

/** How a rollout would have ended. */
export interface BacktestOutcome {
  /** `unknown`: the record ends before anything was decided. */
  readonly kind: 'promoted' | 'rolledBack' | 'held' | 'unknown';
  /** 1-based; 0 when there is nothing. */
  readonly stage: number;
  readonly atMs: number;
  readonly reason: string;
}

/** What a policy would have done over what was recorded of one rollout. */
export interface Backtest {
  readonly rolloutId: string;
  readonly service: string;
  readonly stages: readonly StageReport[];
  readonly outcome: BacktestOutcome;
  /** Requests that the candidate served until then. */
  readonly requestsExposed: number;
  /** What is not whole, in sentences. */
  readonly gaps: readonly string[];
}

/**
 * What `policy` would have done: a plan, or for each stage the plan that it had.
 *
 * Another plan follows the record for as long as it would have decided alike: where it would have stopped or stayed,
 * the traffic that the record goes on with would not have been.
 */
export function backtest(recording: Recording, policy: AnalysisPlan | 'recorded'): Backtest {
  const stages: StageReport[] = [];
  let carried = policy === 'recorded' ? null : learnFrom(policy, recording.past);
  let outcome: BacktestOutcome | null = null;
  for (const [index, readings] of recording.stages.entries()) {
    const next = recording.stages[index + 1];
    const course = runStage(policy === 'recorded' ? asRecorded(readings) : replayedBy(policy, carried, readings), next);
    stages.push(course.report);
    carried = course.carried;
    outcome = course.outcome ?? (policy === 'recorded' ? null : course.diverges);
    if (outcome !== null) break;
  }
  return {
    rolloutId: recording.rolloutId,
    service: recording.service,
    stages,
    outcome: outcome ?? endOfRecord(stages),
    requestsExposed: stages.reduce((sum, stage) => sum + stage.candidateRequests, 0),
    gaps: recording.gaps,
  };
}

function endOfRecord(stages: readonly StageReport[]): BacktestOutcome {
  const last = stages.at(-1);
  if (last === undefined) return { kind: 'unknown', stage: 0, atMs: 0, reason: 'there are no intervals' };
  const said = last.checks.map(({ last: { name, reason } }) => `${name} ${reason}`).join('; ');
  const reason = `nothing more was decided when the record ends${said === '' ? '' : `: ${said}`}`;
  return { kind: 'unknown', stage: last.stage, atMs: last.endedAtMs, reason };
}

interface StageCourse {
  readonly report: StageReport;
  readonly carried: AnalysisState | null;
  readonly outcome: BacktestOutcome | null;
  /** The record goes on, but this policy would not have. */
  readonly diverges: BacktestOutcome | null;
}

/** What happens in a stage. */
type StageEvent =
  | { readonly kind: 'interval'; readonly atMs: number; readonly folded: FoldedInterval }
  | { readonly kind: 'probes'; readonly atMs: number; readonly breach: BreachLine }
  | { readonly kind: 'judge'; readonly atMs: number; readonly reading: Reading | null };

function runStage(replay: StageReplay, next: StageReadings | undefined): StageCourse {
  const course = new Course(replay, next);
  for (const event of eventsOf(replay)) if (course.takes(event)) break;
  return course.ended();
}

/** In the order of time; of what comes together, what was measured comes first, as for the worker. */
function eventsOf({ stage, main, fold }: StageReplay): readonly StageEvent[] {
  const folded = main === null ? [] : fold.intervalsOf(main);
  const events: StageEvent[] = folded.map((one) => ({ kind: 'interval', atMs: one.interval.endMs, folded: one }));
  for (const reading of stage.readings) {
    const { judgement, breaches } = reading;
    if (judgement !== null) events.push({ kind: 'judge', atMs: judgement.atMs, reading });
    for (const breach of breaches)
      if (breach.source === 'probes') events.push({ kind: 'probes', atMs: breach.atMs, breach });
  }
  const lastMs = folded.at(-1)?.interval.endMs;
  if (main?.line.by === 'given' && lastMs !== undefined) events.push({ kind: 'judge', atMs: lastMs, reading: null });
  return main?.line.by === 'given' ? events : events.sort((a, b) => a.atMs - b.atMs);
}

/** The same judgement once more; `null` judges at the end of what was seen. */
export function judgeAnew(fold: StageFold, reading: Reading | null, last?: FoldedInterval): StageJudgement {
  const { unavailable = null, unhealthy } = reading?.judgement ?? {};
  const analysis = reading === null ? (last?.analysis ?? null) : fold.endOf(reading);
  return judgementOn({
    analysis: unavailable === null ? analysis : null,
    unavailable,
    unhealthy: unhealthy === undefined ? null : { ...unhealthy, evidence: null },
  });
}

/** A stage under way. */
class Course {
  private readonly decisions: StageDecision[] = [];
  private readonly intervals: FoldedInterval[] = [];
  private readonly rollout: JudgedStage;
  private judged: StageJudgement | null = null;
  /** The reading that the newest judgement rests on, as long as nothing newer was seen. */
  private judgedBy: Reading | null = null;
  private recordedLast: string | null = null;
  private passed = false;
  private outcome: BacktestOutcome | null = null;
  private readonly stages: number;

  constructor(
    private readonly replay: StageReplay,
    private readonly next: StageReadings | undefined,
  ) {
    const { stage, startedAtMs, readings } = replay.stage;
    this.stages = readings[0]?.line.stages ?? stage;
    this.rollout = new JudgedStage(readings[0]?.line.rolloutId ?? '', stage, this.stages, startedAtMs);
  }

  /** True when it is over. */
  takes(event: StageEvent): boolean {
    switch (event.kind) {
      case 'interval':
        this.judgedBy = null;
        this.intervals.push(event.folded);
        this.look(event.folded, event.atMs);
        break;
      case 'probes':
        this.found('probes', event.breach, event.atMs);
        break;
      case 'judge':
        this.judge(event.reading, event.atMs);
        break;
    }
    return this.outcome !== null;
  }

  ended(): StageCourse {
    const report = reportOn(this.replay.stage, this.decisiveIntervals(), this.decisions);
    return { report, carried: this.carried(), outcome: this.outcome, diverges: this.diverges() };
  }

  /** What is shown is what the newest decision rests on: a judge may have read on, or judged by another plan. */
  private decisiveIntervals(): readonly FoldedInterval[] {
    const { judgedBy, replay, intervals } = this;
    if (judgedBy === null) return intervals;
    const read = replay.foldOf(judgedBy).intervalsOf(judgedBy);
    const endOfLast = (all: readonly FoldedInterval[]): number => all.at(-1)?.interval.endMs ?? -Infinity;
    return endOfLast(read) < endOfLast(intervals) ? intervals : read;
  }

  private look({ analysis }: FoldedInterval, atMs: number): void {
    const finding = findingIn(analysis, this.rollout.isHeldForShared);
    if (finding !== null) this.found('checks', finding, atMs);
  }

  private found(
    by: 'checks' | 'probes',
    { shared, reason }: Pick<BreachLine, 'shared' | 'reason'>,
    atMs: number,
  ): void {
    if (!this.rollout.breached({ shared, reason }, atMs)) return;
    this.decide({ kind: this.rollout.isStopped ? 'rolledBack' : 'held', by, atMs, verdict: 'failed', reason });
  }

  private judge(reading: Reading | null, atMs: number): void {
    const fold = reading === null ? this.replay.fold : this.replay.foldOf(reading);
    const judged = judgeAnew(fold, reading, this.intervals.at(-1));
    this.judged = judged;
    this.judgedBy = reading?.judgement?.unavailable === undefined ? reading : null;
    this.recordedLast = reading?.judgement?.verdict ?? null;
    const { verdict, reason } = judged;
    const mayBeLeft = this.rollout.judged(judged, atMs);
    if (this.rollout.isStopped) {
      this.decide({ kind: 'rolledBack', by: 'judgement', atMs, verdict, reason });
      return;
    }
    const isLeft = this.next?.stage !== this.replay.stage.stage;
    this.passed ||= mayBeLeft && isLeft;
    const kind = isLeft ? (this.passed ? 'passed' : 'held') : 'kept';
    const before = this.decisions.at(-1);
    if (before?.by !== 'judgement' || before.kind !== kind || before.verdict !== verdict)
      this.decide({ kind, by: 'judgement', atMs, verdict, reason });
  }

  private decide(decision: StageDecision): void {
    this.decisions.push(decision);
    const { kind, atMs, reason } = decision;
    const { stage } = this.replay.stage;
    if (kind === 'rolledBack') this.outcome = { kind, stage, atMs, reason };
    const isLast = stage === this.stages;
    if (kind === 'passed' && isLast) this.outcome = { kind: 'promoted', stage, atMs, reason: 'every stage passed' };
  }

  private diverges(): BacktestOutcome | null {
    const { next, judged } = this;
    const { stage } = this.replay.stage;
    const held = this.decisions.findLast(({ kind }) => kind === 'held');
    if (next === undefined || next.stage === stage || this.passed || held === undefined) return null;
    if (judged === null || judged.verdict === this.recordedLast) return null;
    return { kind: 'held', stage, atMs: held.atMs, reason: held.reason };
  }

  private carried(): AnalysisState | null {
    if (this.judged?.carried != null) return this.judged.carried;
    const last = this.intervals.at(-1);
    return last === undefined ? null : carryOver(stateOf(last.analysis));
  }
}
