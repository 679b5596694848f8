import type { CanaryPlan } from '../domain/canary/plan.js';
import type { RolloutStatus } from '../domain/canary/status.js';
import type { CanaryInput } from '../workflows/messages.js';

/** What the server keeps beside a rollout, so that it can be shown without a worker. */
export interface RolloutMemo {
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

export function memoOf(input: CanaryInput): RolloutMemo {
  const { plan } = input;
  return {
    name: plan.name,
    version: plan.version ?? null,
    stages: plan.stages.map((stage) => ({
      trafficPercent: stage.trafficPercent,
      durationMs: stage.durationMs,
      needsApproval: needsApproval(plan, stage),
    })),
    requestedBy: input.requestedBy ?? null,
    ...(input.undo === undefined ? {} : { undo: { to: input.undo.to ?? null, now: input.undo.now === true } }),
  };
}

function needsApproval(plan: CanaryPlan, stage: CanaryPlan['stages'][number]): boolean {
  return stage.approval !== undefined || !plan.autoProgression;
}

/** Reads a memo back; one that is missing, e.g. of a workflow started by hand, tells nothing. */
export function readMemo(memo: Record<string, unknown> | undefined): RolloutMemo | null {
  const value = memo?.headgate;
  return typeof value === 'object' && value !== null ? (value as RolloutMemo) : null;
}
