import { flag, list, nullable, number, object, optional, text } from '../reading/combinators.js';
import { read } from '../reading/reader.js';
import { LONGEST } from '../rollout/bounds.js';
import { MOST_STAGES } from '../stages/bounds.js';
import { asksBeforeLeaving } from '../stages/approvals.js';
import type { UndoWish } from '../traffic/serving/undo-wish.js';
import type { StagedTrafficPlan } from './plan.js';
import type { RolloutStatus } from './status.js';

/** What the server keeps beside a rollout, so that it can be shown without a worker. */
export interface TrafficMemo {
  readonly name: string;
  readonly version: string | null;
  readonly stages: readonly {
    readonly trafficPercent: number;
    readonly durationMs: number;
    readonly needsApproval: boolean;
  }[];
  readonly requestedBy: string | null;
  /** It goes back to what served before. Absent: no undo. */
  readonly undo?: NonNullable<RolloutStatus['undo']>;
}

export function memoOf(input: {
  readonly plan: StagedTrafficPlan;
  readonly requestedBy?: string;
  readonly undo?: UndoWish;
}): TrafficMemo {
  const { plan } = input;
  return {
    name: plan.name,
    version: plan.version ?? null,
    stages: plan.stages.map(({ trafficPercent, durationMs }, index) => ({
      trafficPercent,
      durationMs,
      needsApproval: asksBeforeLeaving(plan, index + 1),
    })),
    requestedBy: input.requestedBy ?? null,
    ...(input.undo === undefined ? {} : { undo: { to: input.undo.to ?? null, now: input.undo.now === true } }),
  };
}

const readMemo = object<TrafficMemo>({
  name: text({ max: LONGEST.name }),
  version: nullable(text({ max: LONGEST.name })),
  stages: list(object({ trafficPercent: number(), durationMs: number(), needsApproval: flag }), {
    max: MOST_STAGES,
    of: 'stages',
  }),
  requestedBy: nullable(text({ max: LONGEST.requestedBy })),
  undo: optional(object({ to: nullable(text({ max: LONGEST.slot })), now: flag })),
});

/** What was kept, which may be anybody's; `null` where it is none. */
export function memoIn(kept: unknown): TrafficMemo | null {
  return read(readMemo, kept).value ?? null;
}
