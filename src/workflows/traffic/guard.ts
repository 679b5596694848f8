import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  isCancellation,
  patched,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { WatchEnd, WatchInput } from '../../activities/contracts.js';
import { formatPercent } from '../../domain/percent.js';
import { UNGUARDED } from '../../domain/traffic/guard-plan.js';
import { watchQueueOf } from '../messages.js';
import {
  guardedViewOf,
  hasOpenFence,
  isDecidedAnew,
  isOverruled,
  stillGuards,
  type GuardedView,
} from './guarded-view.js';
import { messageOf } from '../shared/retry-until-done.js';
import type { TrafficRollout, Traffic } from './traffic.js';
import { alsoKnown, isDecidedWithout, knownFrom, report } from './watch-ends.js';
import { foundNoSlot } from '../shared/watch-slots.js';
import { whereKnown } from '../shared/where-known.js';

/** How long a watch may wait for a free slot before people are told that nobody guards. */
const UNGUARDED_AFTER_MS = 15_000;

/** Between two looks for a free slot, at most. A look costs a few events. */
const LONGEST_WAIT_FOR_SLOT_MS = 60_000;

/** A guard that cannot look is given so long before it is asked again. */
const BLIND_PAUSE_MS = 15_000;

/** The marks in histories of what was done otherwise before. */
const PATCHES = {
  overruled: 'overruled-stage-is-guarded-anew',
  outdone: 'outdone-watch-is-ignored',
  openFence: 'open-fence-is-renewed-when-continued',
} as const;

/**
 * Guards the running stage with one long heartbeating activity, which returns only when something is wrong. It stays
 * on while the stage is judged, while approval is awaited, while paused and while held.
 */
export class Guard {
  private scope: CancellationScope | null = null;
  private wanted = '';
  private watched: GuardedView | null = null;
  private replacements = 0;
  private attempt = 0;
  /** The run of before has ended while it renewed a fence. */
  private owesRenewal: boolean;
  private renewals = 0;

  constructor(
    private readonly rollout: TrafficRollout,
    private readonly traffic: Traffic,
  ) {
    this.owesRenewal = hasOpenFence(rollout.state);
  }

  /** Whether a decision that changes how the stage is guarded has yet to reach the data plane. */
  get isReplacing(): boolean {
    return this.replacements > 0;
  }

  /** Whether the weights are getting a new fence. */
  get isRenewing(): boolean {
    return this.renewals > 0;
  }

  /** Watches the stage as it stands; a changed share, interval or policy replaces the watch, and so does a person who overrules. */
  watch(): void {
    const view = guardedViewOf(this.rollout.state);
    if (view === null || view.key === this.wanted) return;
    if (this.wanted !== '' && this.watched !== null && this.guardsOn(this.watched)) return;
    this.wanted = view.key;
    this.replacements += 1;
    void this.replace(view)
      .catch((error: unknown) => {
        if (!isCancellation(error)) this.cannotRenew(error);
      })
      .finally(() => {
        this.replacements -= 1;
      });
  }

  /** Lets the watch that there is end by itself, and begins no other. */
  end(): void {
    this.wanted = '';
  }

  /** Ends the watch without waiting for it. */
  stop(): void {
    this.wanted = '';
    this.watched = null;
    this.scope?.cancel();
    this.scope = null;
  }

  private guardsOn(watched: GuardedView): boolean {
    const { state } = this.rollout;
    return stillGuards(watched, state) && !(isOverruled(watched, state) && patched(PATCHES.overruled));
  }

  /** Whether the fence has to be renewed that the run of before had begun to renew; asked once. */
  private takesUpRenewal(): boolean {
    const isOwed = this.owesRenewal && hasOpenFence(this.rollout.state);
    this.owesRenewal = false;
    return isOwed && patched(PATCHES.openFence);
  }

  /**
   * Where the watch of before would act on what is decided otherwise now, the same weights get a new fence: from then on it
   * cannot move them, in whichever worker it may live on. The new one accepts both until then.
   */
  private async replace(view: GuardedView): Promise<void> {
    const isOutdated = this.watched === null ? this.takesUpRenewal() : isDecidedAnew(this.watched, view);
    const renewing = isOutdated ? this.renewed() : null;
    this.scope?.cancel();
    const scope = new CancellationScope();
    this.scope = scope;
    this.watched = { ...view, input: { ...view.input, fences: this.rollout.state.fences } };
    const { watched } = this;
    void scope
      .run(() => this.guard(watched))
      .catch((error: unknown) => {
        if (!isCancellation(error)) this.unguarded(messageOf(error));
      });
    await renewing;
  }

  /**
   * Drift, a breach that the baseline shares, or one that a person decides about only holds, and proof of health may have
   * to wait: guarding goes on, for what is not known yet.
   */
  private async guard(view: GuardedView): Promise<void> {
    const { input, key, proofFromMs } = view;
    let { fences } = input;
    let known = knownFrom(this.rollout.state);
    let asked = proofFromMs === undefined ? {} : { proofFromMs };
    for (let waitMs = UNGUARDED_AFTER_MS; this.wanted === key;) {
      const unguarded = this.rollout.state.alarms.guard !== undefined;
      const scheduledAtMs = Date.now();
      try {
        const end = await this.watchOnce({ ...input, fences, ...asked, known: { ...known, unguarded } }, waitMs);
        const isOutdone = this.wanted !== key && isDecidedWithout(end, view, this.rollout.state);
        if (isOutdone && patched(PATCHES.outdone)) return;
        if (end.kind === 'blind') {
          await this.blind(end.reason);
          continue;
        }
        this.alarm(null);
        report(this.rollout, end);
        if (end.kind === 'takenOver') {
          this.renew();
          ({ fences } = this.rollout.state);
        }
        if (end.kind === 'outdated') {
          // What has outdone it replaces it as well, in a moment.
          if (await condition(() => this.wanted !== key, UNGUARDED_AFTER_MS, { summary: 'Is the stage guarded anew?' }))
            return;
          ({ fences } = this.rollout.state);
          continue;
        }
        if (end.kind === 'breach' && !end.shared && this.rollout.state.plan.autoRollback !== false) return;
        if (end.kind === 'proven') asked = {};
        known = alsoKnown(known, end);
        waitMs = UNGUARDED_AFTER_MS;
      } catch (error) {
        if (isCancellation(error)) throw error;
        // The watch that has replaced it says whether somebody guards.
        if (this.wanted !== key && patched(PATCHES.outdone)) return;
        switch (foundNoSlot(error, Date.now() - scheduledAtMs, waitMs)) {
          case 'no worker':
            break;
          case 'no slot':
            this.alarm(UNGUARDED);
            waitMs = Math.min(waitMs * 2, LONGEST_WAIT_FOR_SLOT_MS);
            break;
          case null:
            await this.blind(messageOf(error));
        }
      }
    }
  }

  /** Beside the guarding: an instance that cannot be told must not leave the others unguarded. */
  private renew(): void {
    void this.renewed().catch((error: unknown) => {
      if (!isCancellation(error)) this.cannotRenew(error);
    });
  }

  private cannotRenew(error: unknown): void {
    this.alarm(`the fence of the stage cannot be renewed: ${messageOf(error)}`);
  }

  /** People are told, and the guard is asked again in a moment. */
  private async blind(reason: string): Promise<void> {
    this.unguarded(reason);
    await sleep(BLIND_PAUSE_MS, { summary: 'Can the stage be guarded again?' });
  }

  private unguarded(reason: string): void {
    this.alarm(`nobody guards the stage: ${reason}`);
  }

  /** Where the last share is about to be confirmed, that does the same. */
  private async renewed(): Promise<void> {
    if (this.rollout.state.step === 'closing') {
      await condition(() => this.rollout.state.step !== 'closing');
      return;
    }
    this.renewals += 1;
    try {
      await this.traffic.renewFence();
    } finally {
      this.renewals -= 1;
    }
  }

  private watchOnce(input: WatchInput, waitMs: number): Promise<WatchEnd> {
    this.attempt += 1;
    const activities = whereKnown({
      taskQueue: watchQueueOf(workflowInfo().taskQueue),
      activityId: `watch-${String(input.stage)}-${String(this.attempt)}`,
      scheduleToStartTimeout: waitMs,
      startToCloseTimeout: '30 days',
      heartbeatTimeout: '10s',
      cancellationType: ActivityCancellationType.TRY_CANCEL,
      retry: { initialInterval: '1s', backoffCoefficient: 1, maximumInterval: '1s' },
      summary: `Guard stage ${String(input.stage)} at ${formatPercent(input.sharePercent)}`,
    });
    return activities.watchStage(input);
  }

  private alarm(alarm: string | null): void {
    this.rollout.dispatch({ type: 'alarmed', cause: 'guard', alarm });
  }
}
