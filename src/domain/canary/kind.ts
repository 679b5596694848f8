import { spellDuration } from '../duration.js';
import { formatPercent } from '../percent.js';
import { read } from '../reading/reader.js';
import { readCanaryInput, type CanaryInput } from './canary-input.js';
import type { RolloutKind, PreparedStart } from '../rollout/kinds.js';
import type { RolloutStatus } from '../staged-traffic/status.js';
import type { CanaryPlan } from './plan.js';
import { CANARY } from '../search-attributes.js';
import { memoOf } from '../staged-traffic/memo.js';
import { shownTraffic } from '../staged-traffic/shown-kind.js';
import { tierDemand } from '../staged-traffic/tier-demand.js';
import { canaryUndo } from './undo.js';

/** The type of a canary's workflow, as people type it. */
const CANARY_ROLLOUT = 'canaryRollout';

/** A service's traffic that goes to a candidate stage by stage. */
export const canary: RolloutKind<RolloutStatus> = {
  strategy: CANARY,
  workflowType: CANARY_ROLLOUT,
  begin(given) {
    const { value, ...notes } = read(readCanaryInput, given);
    return { ...notes, ...(value === undefined ? {} : { value: prepared(value) }) };
  },
  ...shownTraffic,
  anew: ({ plan, undo }: CanaryInput) => (undo === undefined ? { plan: withoutAdoption(plan) } : { undo }),
  undo: canaryUndo,
};

/** Mixed weights are taken over on purpose only: the purpose was the last rollout's. */
function withoutAdoption(plan: CanaryPlan): CanaryPlan {
  const { adopt, ...rest } = plan;
  return adopt === undefined ? plan : rest;
}

function prepared(input: CanaryInput): PreparedStart {
  return {
    input,
    memo: memoOf(input),
    summary: summaryOf(input),
    details: detailsOf(input.plan, input.requestedBy),
    asks: tierDemand(CANARY, input),
  };
}

function summaryOf({ plan: { service, version }, undo }: CanaryInput): string {
  if (undo !== undefined) return `Undo of ${service}`;
  return `Canary of ${service}${version === undefined ? '' : ` ${version}`}`;
}

function detailsOf({ stages, runbook }: CanaryPlan, requestedBy: string | undefined): string {
  const steps = stages
    .map((stage) => `${formatPercent(stage.trafficPercent)} for ${spellDuration(stage.durationMs)}`)
    .join(' → ');
  return `${steps}\n\nStarted by ${requestedBy ?? 'somebody who did not say who'}.${runbook === undefined ? '' : `\n\nRunbook: ${runbook}`}`;
}
