import type { BlueGreenPlan } from '../../domain/blue-green/plan.js';
import { guardedPlan } from '../../domain/stages/guarded-plan.js';
import { preflightPlanOf } from '../../domain/staged-traffic/guard-plan-of.js';
import { blueGreenSpec } from '../../spec/blue-green/blue-green-spec.js';
import type { FileKind } from '../kind.js';
import { formatDuration } from '../../domain/duration.js';
import { guardLines } from '../plan-lines.js';
import type { TextView } from '../result.js';

export const blueGreenFiles: FileKind<BlueGreenPlan> = {
  spec: blueGreenSpec,
  linesOf: planLines,
  // The idle environment is brought up by the rollout: it need not be there yet.
  askedBy: (plan) => ({ ...preflightPlanOf(plan), candidateComesLater: true }),
  analysisOf: (plan) => guardedPlan(plan).analysis,
  adopting: (plan, adopt) => ({ ...plan, adopt }),
};

/** What a plan would do, as a person would tell it. */
export function planLines(plan: BlueGreenPlan, { paint }: TextView): string[] {
  const { service, version, stages, environments } = plan;
  const names = Object.keys(environments);
  return [
    `${paint.strong(service)}  blue-green${version === undefined ? '' : ` ${version}`}`,
    ...(names.length === 0 ? [] : [`  the idle environment is prepared with what is said of ${names.join(' or ')}`]),
    `  ${switchWords(plan)}`,
    `  then the old environment stays up for ${formatDuration(stages[0]?.durationMs ?? 0)}, the rollback window`,
    ...guardLines(plan),
  ];
}

function switchWords({ switchWhen, begin }: BlueGreenPlan): string {
  if (switchWhen === 'healthy') return 'switches as soon as the idle environment is known to be healthy';
  const { timeoutMs = null, onTimeout = 'hold' } = begin ?? {};
  return `switches on command${timeoutMs === null ? '' : ` (${formatDuration(timeoutMs)}, then ${onTimeout})`}`;
}
