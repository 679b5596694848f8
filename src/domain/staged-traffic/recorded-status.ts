import type { StatusBase } from '../rollout/status.js';
import type { RecordedEnd, ServerRecord } from '../rollout/kinds.js';
import { stageStateOf } from '../stages/status.js';
import { UNSEEN, type RolloutStatus } from './status.js';
import type { Weights } from '../traffic/weights.js';
import { memoIn } from './memo.js';

/** What its workflow returns, as far as it is shown. */
interface TrafficEnd extends RecordedEnd {
  readonly weights?: Weights | null;
}

/** A rollout that moves traffic as the server alone knows it: its search attributes, its memo and, when it is over, how it came out. */
export function recordedStatus(
  common: StatusBase,
  { attributes, memo: kept, end: given }: ServerRecord,
): RolloutStatus {
  const memo = memoIn(kept);
  const end: TrafficEnd | null = given;
  const stage = Number(attributes.HeadgateStage ?? 0);
  return {
    ...common,
    ...UNSEEN,
    name: memo?.name ?? common.service,
    version: memo?.version ?? null,
    moved: end?.moved ?? stage > 0,
    ...(memo?.undo === undefined ? {} : { undo: memo.undo }),
    currentStage: stage,
    stageCount: memo?.stages.length ?? 0,
    trafficPercentage: Number(attributes.HeadgateTrafficPercent ?? 0),
    desired: end?.weights ?? null,
    stages: (memo?.stages ?? []).map((plan, index) => ({
      ...plan,
      state: stageStateOf(index + 1, { currentStage: stage, outcome: end?.outcome ?? null }),
      startedAt: null,
      endedAt: null,
      conclusion: null,
    })),
    requestedBy: memo?.requestedBy ?? null,
  };
}
