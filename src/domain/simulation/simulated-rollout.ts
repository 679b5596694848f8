import { observeInterval, resumeAnalysis, type Analysis, type AnalysisState } from '../analysis/analysis.js';
import { findingIn } from '../analysis/breach.js';
import { learnFrom } from '../analysis/learn.js';
import type { AnalysisInterval } from '../analysis/sample.js';
import { judgementOn } from '../analysis/stage-judgement.js';
import { conclusionOf } from '../analysis/stage-verdict.js';
import type { StagedTrafficPlan } from '../staged-traffic/plan.js';
import type { StagedTrafficEvent } from '../staged-traffic/events.js';
import type { StagedTrafficState } from '../staged-traffic/state.js';
import { proofCountsFromMs } from '../stages/reducer/early-end.js';
import { nextDueMs } from '../stages/reducer/proceed.js';
import { isHeldFor } from '../rollout/holds.js';
import type { Roles } from '../traffic/weights.js';
import { HISTORY_INTERVALS } from './defaults.js';
import { Exposure } from './exposure.js';
import type { ShareChange, SimulatedRun } from './simulated-run.js';
import type { TrafficSource } from './traffic-source.js';

const ROLES: Roles = { baseline: 'baseline', candidate: 'candidate' };

/** The rules of the kind that is simulated: the very reducer that moves its rollouts. */
export interface SimulatedRules {
  begin(start: { readonly id: string; readonly plan: StagedTrafficPlan; readonly atMs: number }): StagedTrafficState;
  reduce(state: StagedTrafficState, event: StagedTrafficEvent): StagedTrafficState;
}

/**
 * One rollout of `plan` over synthetic traffic, by the rules of the real one: the reducer that moves it, the checks that
 * guard and judge it, the evidence that it carries from stage to stage.
 *
 * Simulated time stands still while weights are set.
 *
 * @param plan one that needs nobody and no source but traffic: see `simulatable`
 * @param badFromMs when the candidate goes bad, `null` when it does not
 */
export function simulateRollout(
  rules: SimulatedRules,
  plan: StagedTrafficPlan,
  source: TrafficSource,
  badFromMs: number | null,
): SimulatedRun {
  return new SimulatedRollout(rules, plan, source, badFromMs).run();
}

class SimulatedRollout {
  private state: StagedTrafficState;
  private nowMs = 0;
  private fullAtMs: number | null = null;
  private readonly shares: ShareChange[] = [];
  private readonly exposure: Exposure;

  constructor(
    private readonly rules: SimulatedRules,
    private readonly plan: StagedTrafficPlan,
    private readonly source: TrafficSource,
    badFromMs: number | null,
  ) {
    this.exposure = new Exposure(source, badFromMs);
    this.state = rules.begin({ id: 'simulated', plan, atMs: 0 });
    this.happens({ type: 'preflightPassed', roles: ROLES, warnings: [], analysis: this.learn(), atMs: 0 });
  }

  run(): SimulatedRun {
    while (this.state.step === 'applying') this.runStage();
    return {
      outcome: this.state.outcome === null || this.state.outcome === 'superseded' ? 'held' : this.state.outcome,
      endedAtMs: this.nowMs,
      fullAtMs: this.fullAtMs,
      exposedRequests: this.exposure.requests,
      shares: this.shares,
    };
  }

  /** What the preflight learns from the baseline. */
  private learn(): AnalysisState {
    const { analysis, monitoringIntervalMs } = this.plan;
    const past = Array.from({ length: HISTORY_INTERVALS }, (_, index) => {
      const startMs = (index - HISTORY_INTERVALS) * monitoringIntervalMs;
      const endMs = startMs + monitoringIntervalMs;
      return { startMs, endMs, baseline: this.source.sample(startMs, endMs, 0).baseline };
    });
    return learnFrom(analysis, past);
  }

  private runStage(): void {
    this.happens({ type: 'weightsApplied', atMs: this.nowMs });
    const { stage, sharePercent } = this.state;
    this.shares.push({ atMs: this.nowMs, sharePercent });
    if (stage === this.plan.stages.length) this.fullAtMs = this.nowMs;
    let soFar = resumeAnalysis(this.plan.analysis, this.state.analysis, sharePercent);
    let edgeMs = this.nowMs;
    while (this.state.stage === stage && this.goesOn()) {
      const nextEdgeMs = edgeMs + this.plan.monitoringIntervalMs;
      this.nowMs = Math.min(nextEdgeMs, this.dueMs());
      if (this.nowMs === nextEdgeMs) {
        soFar = this.observe(soFar, edgeMs, nextEdgeMs);
        edgeMs = nextEdgeMs;
        this.guard(soFar);
        this.lookForProof(soFar);
      }
      this.happens({ type: 'proceeded', atMs: this.nowMs });
      if (this.asksForVerdict()) this.judge(soFar, edgeMs);
    }
    if (this.state.stop !== null) this.undo();
    if (this.state.step === 'closing') this.happens({ type: 'closed', atMs: this.nowMs });
  }

  private goesOn(): boolean {
    const { step, stop, hold } = this.state;
    return (step === 'baking' || step === 'judging') && stop === null && hold?.needsHuman !== true;
  }

  private dueMs(): number {
    return nextDueMs(this.state) ?? Infinity;
  }

  private asksForVerdict(): boolean {
    const { step, stop, verdict, hold } = this.state;
    return step === 'judging' && stop === null && (verdict === null || hold?.needsHuman === false);
  }

  private observe(soFar: Analysis, startMs: number, endMs: number): Analysis {
    const after = observeInterval(soFar, this.interval(startMs, endMs));
    const { sharePercent } = this.state;
    this.exposure.add(startMs, endMs, sharePercent, after.candidateRequests - soFar.candidateRequests);
    return after;
  }

  private interval(startMs: number, endMs: number): AnalysisInterval {
    return { startMs, endMs, ...this.source.sample(startMs, endMs, this.state.sharePercent) };
  }

  private guard(analysis: Analysis): void {
    const finding = findingIn(analysis, isHeldFor(this.state, 'sharedBreach'));
    if (finding !== null) this.happens({ type: 'breached', ...finding, atMs: this.nowMs });
  }

  /** As the watch does, which asks only where the plan lets a stage end early. */
  private lookForProof(analysis: Analysis): void {
    const fromMs = proofCountsFromMs(this.state);
    if (fromMs === null || this.nowMs < fromMs) return;
    const { proven, reason } = conclusionOf(analysis);
    if (proven) this.happens({ type: 'proven', reason, atMs: this.nowMs });
  }

  private judge(soFar: Analysis, edgeMs: number): void {
    const { stage, sharePercent } = this.state;
    const rest = edgeMs < this.nowMs ? this.interval(edgeMs, this.nowMs) : null;
    const whole = rest === null ? soFar : observeInterval(soFar, rest);
    const judgement = judgementOn({ analysis: whole, unavailable: null, unhealthy: null });
    this.happens({ type: 'judged', ...judgement, atMs: this.nowMs });
    this.happens({ type: 'proceeded', atMs: this.nowMs });
    const isLeft = this.state.stage !== stage || !this.goesOn();
    if (isLeft && rest !== null)
      this.exposure.add(edgeMs, this.nowMs, sharePercent, whole.candidateRequests - soFar.candidateRequests);
  }

  private undo(): void {
    this.happens({ type: 'undoBegan', atMs: this.nowMs });
    this.happens({ type: 'undone', atMs: this.nowMs });
    this.shares.push({ atMs: this.nowMs, sharePercent: 0 });
  }

  private happens(event: StagedTrafficEvent): void {
    this.state = this.rules.reduce(this.state, event);
  }
}
