import { spellDuration } from '../duration.js';
import { read } from '../reading/reader.js';
import type { PreparedStart, RolloutKind } from '../rollout/kinds.js';
import { BLUE_GREEN } from '../search-attributes.js';
import { memoOf } from '../staged-traffic/memo.js';
import { shownTraffic } from '../staged-traffic/shown-kind.js';
import { tierDemand } from '../staged-traffic/tier-demand.js';
import { readBlueGreenInput, type BlueGreenInput } from './blue-green-input.js';
import type { BlueGreenPlan } from './plan.js';
import { recordedStatus } from './seen.js';
import { withHealth } from './seen.js';
import type { BlueGreenStatus } from './status.js';

/** The type of a blue-green rollout's workflow, as people type it. */
const BLUE_GREEN_ROLLOUT = 'blueGreenRollout';

/** A service's traffic that is switched between two environments. */
export const blueGreen: RolloutKind<BlueGreenStatus> = {
  ...shownTraffic,
  strategy: BLUE_GREEN,
  workflowType: BLUE_GREEN_ROLLOUT,
  begin(given) {
    const { value, ...notes } = read(readBlueGreenInput, given);
    return { ...notes, ...(value === undefined ? {} : { value: prepared(value) }) };
  },
  recorded: recordedStatus,
  seen: (status, sight) => withHealth({ ...status, ...shownTraffic.seen(status, sight) }, sight),
  place: ({ activeEnvironment, phase }) => (activeEnvironment === null ? phase : `on ${activeEnvironment}`),
  anew: ({ plan }) => ({ plan: withoutAdoption(plan as BlueGreenPlan) }),
};

/** Mixed weights are taken over on purpose only: the purpose was the last rollout's. */
function withoutAdoption(plan: BlueGreenPlan): BlueGreenPlan {
  const { adopt, ...rest } = plan;
  return adopt === undefined ? plan : rest;
}

function prepared(input: BlueGreenInput): PreparedStart {
  const { service, version } = input.plan;
  return {
    input,
    memo: memoOf(input),
    summary: `Blue-green of ${service}${version === undefined ? '' : ` ${version}`}`,
    details: detailsOf(input.plan, input.requestedBy),
    asks: tierDemand(BLUE_GREEN, input),
  };
}

function detailsOf({ stages, switchWhen, runbook }: BlueGreenPlan, requestedBy: string | undefined): string {
  const when = switchWhen === 'healthy' ? 'Switches as soon as the idle environment is healthy' : 'Switches on command';
  const windowMs = stages[0]?.durationMs ?? 0;
  return `${when}; the other one stays up for ${spellDuration(windowMs)}\n\nStarted by ${requestedBy ?? 'somebody who did not say who'}.${runbook === undefined ? '' : `\n\nRunbook: ${runbook}`}`;
}
