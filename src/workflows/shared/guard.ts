import {
  ActivityCancellationType,
  ActivityFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  sleep,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, StageView, WatchEnd, WatchInput } from '../../activities/contracts.js';
import { UNGUARDED } from '../../domain/rollout/alarms.js';
import { proofCountsFromMs } from '../../domain/rollout/reducer/early-end.js';
import { revisionOf } from '../../domain/rollout/reducer/policy.js';
import { guardedPlan } from '../../domain/rollout/guarded-plan.js';
import { isHeldFor, undecidedBreach } from '../../domain/rollout/holds.js';
import type { RolloutState } from '../../domain/rollout/state.js';
import { watchQueueOf } from '../messages.js';
import type { Rollout } from './rollout.js';
import { handedOutAnew, isUnknownHere, leavingUnknown } from './where-known.js';

/** How long a watch may wait for a free slot before people are told that nobody guards. */
const UNGUARDED_AFTER_MS = 15_000;

/** Between two looks for a free slot, at most: so late does an alarm end by itself. A look costs a few events. */
const LONGEST_WAIT_FOR_SLOT_MS = 60_000;

/**
 * Guards the running stage with one long heartbeating activity, which returns only when something is wrong. It stays
 * on while the stage is judged, while approval is awaited, while paused and while held.
 */
export class Guard {
  private scope: CancellationScope | null = null;
  private key = '';
  private attempt = 0;

  constructor(private readonly rollout: Rollout) {}

  /** Watches the stage as it stands; a changed share, interval or policy replaces the watch, and so does a person who overrules. */
  watch(): void {
    const view = guardedViewOf(this.rollout.state);
    if (view === null || this.rollout.state.step === 'applying') return;
    const { stage, sharePercent, startedAtMs, monitoringIntervalMs, proofFromMs } = view;
    const revision = revisionOf(this.rollout.state);
    const key = [stage, sharePercent, startedAtMs, monitoringIntervalMs, proofFromMs, revision].join('/');
    if (key === this.key) return;
    this.stop();
    this.key = key;
    const scope = new CancellationScope();
    this.scope = scope;
    void scope
      .run(() => this.guard(view, key))
      .catch((error: unknown) => {
        if (!isCancellation(error))
          this.rollout.happens({ type: 'alarmed', alarm: `nobody guards the stage: ${String(error)}` });
      });
  }

  /** Lets the watch that there is end by itself, and begins no other. */
  end(): void {
    this.key = '';
  }

  /** Ends the watch without waiting for it. */
  stop(): void {
    this.key = '';
    this.scope?.cancel();
    this.scope = null;
  }

  /**
   * Drift, a breach that the baseline shares, or one that a person decides about only holds, and proof of health may have
   * to wait: guarding goes on, for what is not known yet.
   */
  private async guard({ proofFromMs, ...view }: GuardedView, key: string): Promise<void> {
    let known = knownFrom(this.rollout.state);
    let asked = proofFromMs === undefined ? {} : { proofFromMs };
    let isElsewhere = false;
    for (let waitMs = UNGUARDED_AFTER_MS; this.key === key;) {
      try {
        const end = await this.watchOnce({ ...view, ...asked, known }, waitMs, isElsewhere);
        isElsewhere = false;
        this.clearAlarm();
        this.report(end);
        if (end.kind === 'breach' && !end.shared && this.rollout.state.plan.autoRollback !== false) return;
        if (end.kind === 'proven') asked = {};
        known = alsoKnown(known, end);
        waitMs = UNGUARDED_AFTER_MS;
      } catch (error) {
        isElsewhere = isUnknownHere(error);
        if (isElsewhere) continue;
        if (!waitedForSlot(error)) throw error;
        this.rollout.happens({ type: 'alarmed', alarm: UNGUARDED });
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_FOR_SLOT_MS);
      }
    }
  }

  private watchOnce(view: WatchInput, waitMs: number, isElsewhere: boolean): Promise<WatchEnd> {
    this.attempt += 1;
    const options = {
      taskQueue: watchQueueOf(workflowInfo().taskQueue),
      activityId: `watch-${String(view.stage)}-${String(this.attempt)}`,
      scheduleToStartTimeout: waitMs,
      startToCloseTimeout: '30 days',
      heartbeatTimeout: '10s',
      cancellationType: ActivityCancellationType.TRY_CANCEL,
      retry: leavingUnknown({ initialInterval: '1s', backoffCoefficient: 1, maximumInterval: '1s' }),
      summary: `Guard stage ${String(view.stage)} at ${String(view.sharePercent)} %`,
    } as const;
    const activities = isElsewhere ? handedOutAnew(options) : proxyActivities<Activities>(options);
    if (this.rollout.state.alarm === UNGUARDED) void this.clearAlarmAfter(waitMs, this.attempt);
    return activities.watchStage(view);
  }

  /** A watch that has not failed for want of a slot by then has found one. */
  private async clearAlarmAfter(waitMs: number, attempt: number): Promise<void> {
    try {
      await sleep(waitMs + 1000, { summary: 'Is the stage guarded again?' });
    } catch (error) {
      if (isCancellation(error)) return;
      throw error;
    }
    if (this.attempt === attempt) this.clearAlarm();
  }

  private clearAlarm(): void {
    if (this.rollout.state.alarm === UNGUARDED) this.rollout.happens({ type: 'alarmed', alarm: null });
  }

  private report(end: WatchEnd): void {
    if (end.kind === 'drift') this.rollout.happens({ type: 'drifted', reason: end.reason });
    else if (end.kind === 'proven') this.rollout.happens({ type: 'proven', reason: end.reason });
    else this.rollout.happens({ type: 'breached', reason: end.reason, evidence: end.evidence, shared: end.shared });
  }
}

function knownFrom(state: RolloutState): WatchInput['known'] {
  return {
    drift: isHeldFor(state, 'drift'),
    sharedBreach: isHeldFor(state, 'sharedBreach'),
    ...(undecidedBreach(state) === undefined ? {} : { breach: true }),
  };
}

function alsoKnown(known: WatchInput['known'], end: WatchEnd): WatchInput['known'] {
  switch (end.kind) {
    case 'drift':
      return { ...known, drift: true };
    case 'breach':
      return end.shared ? { ...known, sharedBreach: true } : { ...known, breach: true };
    case 'proven':
      return known;
  }
}

/** What a watch is told; absent where nobody waits for proof. */
type GuardedView = StageView & Pick<WatchInput, 'proofFromMs'>;

function guardedViewOf(state: RolloutState): GuardedView | null {
  const view = viewOf(state);
  const proofFromMs = proofCountsFromMs(state);
  return view === null || proofFromMs === null ? view : { ...view, proofFromMs };
}

/** What is to be guarded and judged: what a person has decided about already is not asked again. */
export function viewOf(state: RolloutState): StageView | null {
  const startedAtMs = state.stages[state.stage - 1]?.startedAtMs;
  if (state.roles === null || startedAtMs === undefined || startedAtMs === null) return null;
  return {
    plan: guardedPlan(state.plan),
    rolloutId: state.id,
    roles: state.roles,
    stage: state.stage,
    sharePercent: state.sharePercent,
    startedAtMs: Math.max(startedAtMs, state.overruledAtMs ?? startedAtMs),
    monitoringIntervalMs: state.monitoringIntervalMs,
    carried: state.analysis,
  };
}

function waitedForSlot(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === 'SCHEDULE_TO_START'
  );
}
