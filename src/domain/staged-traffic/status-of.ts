import { statusBaseOf, type KindStatus } from '../rollout/status-of.js';
import { phaseOf, stagesStatusOf } from '../stages/status-of.js';
import { splitBetween } from '../traffic/weights.js';
import { servesAtEnd } from './left-behind.js';
import { passingOf, warningsOf } from './passing-warnings.js';
import type { StagedTrafficState } from './state.js';
import type { RolloutStatus } from './status.js';

/** The state of a rollout that moves traffic as people see it; `own` is what its kind says. */
export function trafficStatusOf(
  state: StagedTrafficState,
  own: Pick<KindStatus, 'reason'> & Partial<KindStatus>,
  nowMs: number,
  serves = servesAtEnd(state),
): RolloutStatus {
  const { plan, undo, roles } = state;
  const passing = passingOf(state);
  const said = { name: plan.name, phase: phaseOf(state), moved: state.stage > 0, ...own };
  return {
    ...statusBaseOf(state, said, nowMs),
    ...stagesStatusOf(state),
    service: plan.service,
    version: plan.version ?? null,
    ...(undo === undefined ? {} : { undo: { to: undo.to ?? null, now: undo.now === true } }),
    roles,
    desired: roles === null ? null : splitBetween(roles, state.sharePercent),
    observed: null,
    healthScore: null,
    checks: [],
    warnings: warningsOf(state),
    ...(passing.length === 0 ? {} : { passing }),
    ...(serves === null ? {} : { serves }),
  };
}
