import type { Commands, Verb } from '../../../src/domain/stages/commands.js';
import type { Phase } from '../../../src/domain/rollout/phase.js';
import type { CheckPicture, WatchPicture } from '../../../src/domain/traffic/picture.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import { reduce, type CanaryEvent } from '../../../src/domain/canary/reduce.js';
import { beginCanary, type CanaryState } from '../../../src/domain/canary/state.js';
import type { RolloutStatus } from '../../../src/domain/staged-traffic/status.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { withPicture } from '../../../src/domain/staged-traffic/with-picture.js';
import { splitBetween } from '../../../src/domain/traffic/weights.js';

const MINUTE_MS = 60_000;

export const STARTED_AT_MS = Date.parse('2027-01-31T14:00:00.000Z');

export const ROLES = { baseline: 'blue', candidate: 'green' } as const;

export const PLAN: CanaryPlan = {
  service: 'checkout',
  name: 'checkout',
  version: '2.7.0',
  stages: [
    { trafficPercent: 5, durationMs: 10 * MINUTE_MS },
    { trafficPercent: 25, durationMs: 15 * MINUTE_MS, approval: { timeoutMs: 60 * MINUTE_MS, onTimeout: 'abort' } },
    { trafficPercent: 50, durationMs: 30 * MINUTE_MS },
    { trafficPercent: 100, durationMs: 10 * MINUTE_MS },
  ],
  analysis: { checks: [{ kind: 'threshold', metric: 'errorRate', max: 0.01 }] },
  monitoringIntervalMs: 60_000,
  autoProgression: true,
  onUnknown: { action: 'hold', deadlineMs: 30 * MINUTE_MS },
  onDrift: 'hold',
};

export const CHECKS: readonly CheckPicture[] = [
  {
    name: 'errorRate',
    verdict: 'successful',
    value: 0.0031,
    baselineValue: 0.0029,
    bound: 'max 1 %',
    unit: 'fraction',
    candidateRequests: 8214,
    baselineRequests: 24_590,
    reason: '0.31 % ≤ max 1 % (25 errors in 8,214 requests)',
    interval: { low: 0.0021, high: 0.00457 },
    recent: [0.002, 0.003, 0.003, 0.002, 0.004, 0.003, 0.004, 0.0031],
  },
  {
    name: 'latencyP99',
    verdict: 'inconclusive',
    value: 431,
    baselineValue: null,
    bound: 'max 500 ms',
    unit: 'ms',
    candidateRequests: 40,
    baselineRequests: 0,
    reason: 'needs about 2,100 more requests',
    recent: [410, 470, 431],
  },
];

/** A rollout as the domain's own rules make it: a clock that is moved by hand, and events. */
export class Story {
  private state: CanaryState;
  private nowMs = STARTED_AT_MS;
  private ordinal = 0;

  constructor(plan: CanaryPlan = PLAN) {
    this.state = beginCanary({
      id: 'checkout@7f3a2b10',
      plan,
      requestedBy: 'ci:acme/shop#9913',
      atMs: this.nowMs,
    });
  }

  after(ms: number): this {
    this.nowMs += ms;
    return this.happens({ type: 'proceeded' });
  }

  happens(event: Timeless<CanaryEvent>): this {
    this.state = reduce(this.state, { ...event, atMs: this.nowMs });
    return this;
  }

  commanded<V extends Verb>(verb: V, command: Commands[V] = {}): this {
    this.ordinal += 1;
    return this.happens({ type: 'commanded', verb, command, channel: 'update', ordinal: this.ordinal }).after(0);
  }

  begins(): this {
    return this.after(1200)
      .happens({ type: 'preflightPassed', roles: ROLES, warnings: [] })
      .after(30)
      .happens({ type: 'weightsApplied' });
  }

  passes(reason = 'errorRate 0.31 % ≤ max 1 %'): this {
    const stage = this.state.plan.stages[this.state.stage - 1];
    return this.after(stage?.durationMs ?? 0)
      .happens({ type: 'judged', verdict: 'successful', reason })
      .after(20)
      .happens({ type: 'weightsApplied' });
  }

  breaches(reason = 'errorRate 4.2 % > max 1 % (81 errors in 1,932 requests) at 25 % traffic'): this {
    return this.happens({ type: 'breached', reason, shared: false }).happens({ type: 'undoBegan' });
  }

  undone(): this {
    this.nowMs += 400;
    return this.happens({ type: 'undone' });
  }

  status(picture: Partial<WatchPicture> | null = {}): RolloutStatus {
    const status = statusOf(this.state, this.nowMs);
    if (picture === null || status.currentStage === 0) return status;
    return withPicture(status, {
      at: new Date(this.nowMs - 4000).toISOString(),
      stage: status.currentStage,
      // The watch is gone once the undo begins.
      observed: status.phase === 'rollingBack' ? null : splitBetween(ROLES, status.trafficPercentage),
      checks: CHECKS,
      verdict: 'successful',
      healthScore: 0.98,
      probeSuccess: 1,
      candidateRequests: 8214,
      trouble: [],
      ...picture,
    });
  }

  get now(): number {
    return this.nowMs;
  }
}

type Timeless<E> = E extends unknown ? Omit<E, 'atMs'> : never;

const unknown = {
  type: 'judged',
  verdict: 'inconclusive',
  reason: 'latencyP99 needs about 2,100 more requests',
} as const;

/** How a rollout comes to stand in each phase. */
export const STORIES: Readonly<Record<Exclude<Phase, 'superseded'>, () => Story>> = {
  waiting: () => new Story().after(300),
  progressing: () =>
    new Story()
      .begins()
      .passes()
      .after(8 * MINUTE_MS + 48_000),
  paused: () =>
    new Story()
      .begins()
      .passes()
      .after(5 * MINUTE_MS)
      .commanded('pause', { by: 'ada@laptop', reason: 'lunch' })
      .after(2 * MINUTE_MS),
  awaitingApproval: () =>
    new Story()
      .begins()
      .passes()
      .passes()
      .after(3 * MINUTE_MS),
  held: () =>
    new Story()
      .begins()
      .after(10 * MINUTE_MS)
      .happens(unknown)
      .after(31 * MINUTE_MS),
  promoting: () =>
    new Story()
      .begins()
      .passes()
      .passes()
      .commanded('approve', { by: 'ada@laptop' })
      .happens({ type: 'weightsApplied' })
      .passes()
      .after(4 * MINUTE_MS),
  rollingBack: () =>
    new Story()
      .begins()
      .passes()
      .after(2 * MINUTE_MS)
      .breaches(),
  promoted: () =>
    new Story()
      .begins()
      .passes()
      .passes()
      .commanded('approve', { by: 'ada@laptop' })
      .happens({ type: 'weightsApplied' })
      .passes()
      .passes()
      .happens({ type: 'closed' }),
  rolledBack: () =>
    new Story()
      .begins()
      .passes()
      .after(2 * MINUTE_MS)
      .breaches()
      .undone(),
  aborted: () =>
    new Story()
      .begins()
      .after(MINUTE_MS)
      .commanded('abort', { by: 'ada@laptop', reason: 'wrong build' })
      .happens({ type: 'undoBegan' })
      .undone(),
};
