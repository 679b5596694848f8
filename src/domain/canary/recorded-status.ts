import type { BaseStatus } from '../rollout/base-status.js';
import type { RecordedEnd, ServerRecord } from '../rollout/kinds.js';
import type { RolloutStatus } from '../rollout/status.js';
import type { Weights } from '../rollout/weights.js';
import type { CanaryMemo } from './memo.js';

/** What a canary's workflow returns, as far as it is shown. */
interface CanaryEnd extends RecordedEnd {
  readonly moved?: boolean;
  readonly weights?: Weights | null;
}

/** A canary as the server alone knows it: its search attributes, its memo and, when it is over, how it came out. */
export function recordedStatus(
  common: BaseStatus,
  { attributes, memo: kept, end: given }: ServerRecord,
): RolloutStatus {
  const memo = kept as CanaryMemo | null;
  const end: CanaryEnd | null = given;
  const stage = Number(attributes.HeadgateStage ?? 0);
  return {
    ...common,
    name: memo?.name ?? common.service,
    version: memo?.version ?? null,
    moved: end?.moved ?? stage > 0,
    ...(memo?.undo === undefined ? {} : { undo: memo.undo }),
    currentStage: stage,
    stageCount: memo?.stages.length ?? 0,
    trafficPercentage: Number(attributes.HeadgateTrafficPercent ?? 0),
    roles: null,
    desired: end?.weights ?? null,
    observed: null,
    healthScore: null,
    verdict: null,
    checks: [],
    stages: (memo?.stages ?? []).map((plan, index) => ({
      ...plan,
      state: stateOfStage(index + 1, stage, end),
      startedAt: null,
      endedAt: null,
      conclusion: null,
    })),
    stageStartedAt: null,
    stageEndsAt: null,
    pausedRemainingMs: null,
    deadline: null,
    requestedBy: memo?.requestedBy ?? null,
  };
}

function stateOfStage(
  number: number,
  current: number,
  end: RecordedEnd | null,
): RolloutStatus['stages'][number]['state'] {
  if (number > current) return 'upcoming';
  if (number < current || end?.outcome === 'promoted') return 'passed';
  return end === null ? 'current' : 'stopped';
}
