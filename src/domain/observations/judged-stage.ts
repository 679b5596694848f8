import type { Verdict } from '../analysis/verdict.js';
import { isHeldFor } from '../rollout/holds.js';
import { beginLife } from '../rollout/life.js';
import { reduceStages, type StagesEvent } from '../stages/reducer/reduce.js';
import { at, beforeTheFirst, type StagesState } from '../stages/state.js';

/** A stage that is judged anew, as the reducer of real rollouts knows it. */
export class JudgedStage {
  private state: StagesState;

  /** @param stages how many the rollout has */
  constructor(rolloutId: string, stage: number, stages: number, startedAtMs: number) {
    const begun = {
      ...beginLife({ id: rolloutId, atMs: startedAtMs }, { what: 'Judged anew' }),
      ...beforeTheFirst(planOf(stages)),
    };
    this.state = at<StagesState>({ ...begun, stage }, { step: 'judging', clock: null, bake: null });
  }

  /** What also the baseline shows is held for already. */
  get isHeldForShared(): boolean {
    return isHeldFor(this.state, 'sharedBreach');
  }

  get isStopped(): boolean {
    return this.state.stop !== null;
  }

  /** @returns whether that is news */
  breached(breach: { readonly shared: boolean; readonly reason: string }, atMs: number): boolean {
    return this.changes({ type: 'breached', ...breach, atMs });
  }

  /** @returns whether it may be left then; looked at only, for the record says whether it was */
  judged(judgement: { readonly verdict: Verdict; readonly reason: string }, atMs: number): boolean {
    const { verdict, reason } = judgement;
    this.changes({ type: 'judged', verdict, reason, atMs });
    const { stage, step } = reduceStages(this.state, { type: 'proceeded', atMs }, nowhere);
    return stage !== this.state.stage || step === 'closing';
  }

  private changes(event: StagesEvent): boolean {
    const before = this.state;
    this.state = reduceStages(before, event, nowhere);
    return this.state !== before;
  }
}

const nowhere = (): null => null;

/** Its times are in the record; and nobody is there who could decide otherwise. */
function planOf(count: number) {
  return {
    stages: Array.from({ length: count }, () => ({ trafficPercent: 100, durationMs: 0 })),
    analysis: { checks: [] },
    monitoringIntervalMs: 1,
    autoProgression: true,
    onUnknown: { action: 'hold', deadlineMs: Infinity },
    onDrift: 'hold',
  } as const;
}
