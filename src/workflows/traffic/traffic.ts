import {
  ActivityCancellationType,
  isCancellation,
  proxyLocalActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type {
  Activities,
  DriftReport,
  GuardUndo,
  SetWeightsInput,
  SetWeightsReport,
} from '../../activities/contracts.js';
import { isOverriding } from '../../domain/stages/state.js';
import { describeWeights, splitBetween, type Weights } from '../../domain/traffic/weights.js';
import { retryUntilDone } from '../shared/retry-until-done.js';
import type { StagedTrafficEvent } from '../../domain/staged-traffic/events.js';
import type { WeightsUndo } from '../../domain/staged-traffic/weights-undo.js';
import type { StagedTrafficState } from '../../domain/staged-traffic/state.js';
import type { Rollout } from '../shared/rollout.js';
import { ELSEWHERE, whereKnown } from '../shared/where-known.js';

/** A moment's trouble is tried away in silence. */
const QUIET_ATTEMPTS = 4;

/**
 * Longer than a router may take to answer, and than a slow worker needs that has hundreds to move at once: what is given up
 * for being late is done twice, and then all are later. A router that hangs ends it by its own timeout.
 */
const AT_ONCE = '8s';

/** So long a worker that knows the service may be missed before people are told. */
const QUIET_ELSEWHERE = '10s';

const RETRY = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '2s' } as const;

/** A rollout of any kind that moves a service's traffic in stages. */
export type TrafficRollout = Rollout<StagedTrafficState, StagedTrafficEvent>;

/** What its guard has undone by itself is undone: a breach that was acted upon. */
export function undoneByGuard(rollout: TrafficRollout, undone: GuardUndo): void {
  rollout.dispatch({ type: 'breached', shared: false, ...undone });
}

/** Sets and reads the weights of a service, and waits until the data plane has followed. */
export class Traffic {
  /** Whether the next share, which is on its way, was set; `null` while none is. */
  private moving: Promise<boolean> | null = null;

  constructor(private readonly rollout: TrafficRollout) {}

  /**
   * The next share, under a fence of its own, however long it takes. Where somebody else decided meanwhile it changes
   * nothing, and what was found becomes an event. What renews the fence of the share before waits for it: the old share
   * must not follow it.
   *
   * @returns the fence that every instance bears now; `null` where somebody else decided, or the rollout has been stopped:
   * then the fence of the undo is among its own, and nothing may follow it.
   */
  moveOn(weights: Weights): Promise<number | null> {
    const moving = this.setStage(weights);
    const moved = moving.then(
      (fence) => fence !== null,
      () => false,
    );
    this.moving = moved;
    void moved.then(() => {
      this.moving = null;
    });
    return moving;
  }

  /** The same weights under a new fence: from now on nobody who guards by what was decided before can move them. */
  async renewFence(): Promise<boolean> {
    if (this.moving !== null && (await this.moving)) return true;
    const { roles, appliedPercent } = this.rollout.state;
    if (roles === null || appliedPercent === null) return false;
    const fence = await this.setStage(splitBetween(roles, appliedPercent));
    if (fence !== null) this.rollout.dispatch({ type: 'fenceRenewed', fence });
    return fence !== null;
  }

  /** Weights are set back at once; where an old change may have landed after that, they replace it. */
  async takeBack({ weights }: WeightsUndo, again: boolean): Promise<void> {
    if (again) await this.overwrite(weights, 'undo');
    else await this.undoAtOnce(weights);
  }

  /** The undo: a first try in this very workflow task, where the last milliseconds count. Replaces whatever is there. */
  private async undoAtOnce(weights: Weights): Promise<void> {
    const atOnce = proxyLocalActivities<Activities>({
      startToCloseTimeout: AT_ONCE,
      scheduleToCloseTimeout: AT_ONCE,
      retry: { maximumAttempts: 1 },
    });
    const { id, plan } = this.rollout.state;
    const input = { service: plan.service, rolloutId: id, weights, fence: this.takeFence(), ends: true } as const;
    try {
      const report = await atOnce.setWeights(input);
      if (report.outcome === 'set') return;
      this.rollout.dispatch({ type: 'fenceMet', fence: report.greatestFence });
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
    await this.overwrite(weights, 'undo');
  }

  /** Replaces whatever is there, however long it takes: who decided meanwhile is outdone by a greater fence. */
  private async overwrite(weights: Weights, cause: 'weights' | 'undo'): Promise<number> {
    for (;;) {
      const fence = this.takeFence();
      const report = await this.write({ weights, fence, ...(cause === 'undo' ? { ends: true } : {}) }, cause);
      if (report.outcome === 'set') return fence;
      this.rollout.dispatch({ type: 'fenceMet', fence: report.greatestFence });
    }
  }

  /** Whether someone else changed the weights since they were set last; the plan says what follows. */
  async lookAtDrift(): Promise<void> {
    const { roles, appliedPercent, plan, id, fences } = this.rollout.state;
    if (roles === null || appliedPercent === null) return;
    const input = { service: plan.service, rolloutId: id, expected: splitBetween(roles, appliedPercent), fences };
    const what = 'Read the weights';
    const calls = routerCalls(what);
    const report = await retryUntilDone(this.rollout, {
      what,
      cause: 'reading',
      quietly: () => calls.quietly.readDrift(input),
      forEver: () => calls.forEver.readDrift(input),
    });
    this.tell(report);
  }

  private async setStage(weights: Weights): Promise<number | null> {
    if (this.rollout.isStopping) return null;
    if (isOverriding(this.rollout.state)) return this.overwrite(weights, 'weights');
    const onlyIfFence = this.rollout.state.fences;
    const fence = this.takeFence();
    const report = await this.write({ weights, fence, onlyIfFence }, 'weights');
    if (report.outcome === 'set') return fence;
    // A decision of our own that came later makes this one outdated as well: then there is nothing to report.
    if (!this.isOutdone(fence, report.greatestFence)) this.tell(report);
    return null;
  }

  /** The fence of the next decision about weights, greater than every one before. */
  private takeFence(): number {
    this.rollout.dispatch({ type: 'fenceTaken' });
    return Math.max(...this.rollout.state.fences);
  }

  private write(
    change: Pick<SetWeightsInput, 'weights' | 'fence' | 'onlyIfFence' | 'ends'>,
    cause: 'weights' | 'undo',
  ): Promise<SetWeightsReport> {
    const { id, plan } = this.rollout.state;
    const input = { ...change, service: plan.service, rolloutId: id };
    const what = `Set ${describeWeights(change.weights)}`;
    const calls = routerCalls(what);
    return retryUntilDone(this.rollout, {
      what,
      cause,
      quietly: () => calls.quietly.setWeights(input),
      forEver: () => calls.forEver.setWeights(input),
    });
  }

  /** What was found instead of what the rollout left becomes an event. */
  private tell({ drift, undone }: DriftReport): void {
    if (undone !== null) undoneByGuard(this.rollout, undone);
    else if (drift !== null) this.rollout.dispatch({ type: 'drifted', reason: drift });
  }

  /** Whether what was met is a decision of this rollout that came later. */
  private isOutdone(fence: number, met: number): boolean {
    return met > fence && this.rollout.state.fences.includes(met);
  }
}

/** Cancelled only when it has really ended: a call that is still on its way must not land after the undo unnoticed. */
function routerCalls(summary: string) {
  const options: ActivityOptions = {
    startToCloseTimeout: '6s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary,
  };
  const quiet = { ...options, retry: { ...RETRY, maximumAttempts: QUIET_ATTEMPTS } };
  return {
    quietly: whereKnown(quiet, { ...ELSEWHERE, scheduleToCloseTimeout: QUIET_ELSEWHERE }),
    forEver: whereKnown({ ...options, retry: RETRY }),
  };
}
