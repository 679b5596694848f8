import { formatPercent } from '../percent.js';
import { because } from '../rollout/commands.js';
import { beginLife, type LifeStart } from '../rollout/life.js';
import type { Warning } from '../rollout/warnings.js';
import { beforeTheFirst } from '../stages/state.js';
import type { StagedTrafficState } from '../staged-traffic/state.js';
import type { KnownVersions } from '../traffic/serving/serves.js';
import type { UndoWish } from '../traffic/serving/undo-wish.js';
import type { CanaryPlan } from './plan.js';

/** What only a canary remembers. */
interface OfCanary {
  readonly plan: CanaryPlan;
  /** It is to be rolled out also where it serves already. Absent: not. */
  readonly again?: true;
  /** It goes back to what served before. Absent: it brings something new. */
  readonly undo?: UndoWish;
  /** What the preflight has learned about versions. Absent: nothing. */
  readonly known?: KnownVersions;
  /** Why nothing had to be moved. Absent: something had. */
  readonly alreadyServes?: string;
  readonly warnings: readonly Warning[];
}

/** Everything that a canary remembers. */
export type CanaryState = StagedTrafficState & OfCanary;

/** What starts a canary. */
export interface CanaryStart extends LifeStart {
  readonly plan: CanaryPlan;
  readonly again?: boolean;
  readonly undo?: UndoWish;
}

export function beginCanary(start: CanaryStart): CanaryState {
  return {
    ...beginLife(start, { what: firstLine(start), why: start.undo?.reason }),
    ...beforeTheFirst(start.plan),
    undos: [],
    ...(start.again === true ? { again: true } : {}),
    ...(start.undo === undefined ? {} : { undo: start.undo }),
    roles: null,
    warnings: [],
    fences: [],
  };
}

function firstLine({ plan, undo }: CanaryStart): string {
  if (undo !== undefined)
    return `Started an undo: back to ${undo.to ?? 'what served before'}${undo.now === true ? ', at once' : ''}${because(undo)}`;
  const stages = plan.stages.map(({ trafficPercent }) => formatPercent(trafficPercent)).join(' → ');
  return `Started${plan.version === undefined ? '' : ` ${plan.version}`}: ${stages}`;
}
