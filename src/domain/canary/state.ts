import { formatPercent } from '../percent.js';
import { because } from '../rollout/commands.js';
import { beginLife, type LifeStart } from '../rollout/life.js';
import { beforeThePreflight, type StagedTrafficState } from '../staged-traffic/state.js';
import type { UndoWish } from '../traffic/serving/undo-wish.js';
import type { CanaryPlan } from './plan.js';

/** Everything that a canary remembers. */
export type CanaryState = StagedTrafficState;

/** What starts a canary. */
export interface CanaryStart extends LifeStart {
  readonly plan: CanaryPlan;
  readonly again?: boolean;
  readonly undo?: UndoWish;
}

export function beginCanary(start: CanaryStart): CanaryState {
  return {
    ...beginLife(start, { what: firstLine(start), why: start.undo?.reason }),
    ...beforeThePreflight(start),
    ...(start.undo === undefined ? {} : { undo: start.undo }),
  };
}

function firstLine({ plan, undo }: CanaryStart): string {
  if (undo !== undefined)
    return `Started an undo: back to ${undo.to ?? 'what served before'}${undo.now === true ? ', at once' : ''}${because(undo)}`;
  const stages = plan.stages.map(({ trafficPercent }) => formatPercent(trafficPercent)).join(' → ');
  return `Started${plan.version === undefined ? '' : ` ${plan.version}`}: ${stages}`;
}
