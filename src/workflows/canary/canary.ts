import type { CanaryEvent } from '../../domain/canary/reduce.js';
import { CANARY_RULES } from '../../domain/canary/rules.js';
import { statusOf } from '../../domain/canary/status-of.js';
import type { CanaryState } from '../../domain/canary/state.js';
import { tierDemand } from '../../domain/canary/tier-demand.js';
import { detailsOf } from '../../presentation/details.js';
import { allToBaseline, describeWeights, splitBetween, type Weights } from '../../domain/traffic/weights.js';
import type { CanaryInput, RolloutOutcome } from '../messages.js';
import { outcomeBaseOf, type Ending } from '../shared/concluding.js';
import { listenTo } from '../shared/listen.js';
import { takeUpRollout, type RunningRollout } from '../shared/running-rollout.js';
import { Guard } from '../traffic/guard.js';
import type { PreflightOptions } from '../traffic/preflight.js';
import { Traffic } from '../traffic/traffic.js';

/** A canary that runs: what every rollout has, and what sets and guards its traffic. */
export interface Canary extends RunningRollout<CanaryState, CanaryEvent> {
  readonly traffic: Traffic;
  readonly guard: Guard;
}

/** Takes the state up where it stood and listens from the first moment. */
export function startCanary(input: CanaryInput): Canary {
  const running = takeUpRollout(CANARY_RULES, input.plan.service, input, {
    guard: (): void => guard.watch(),
    isSettled: (): boolean => !guard.isRenewing,
    details: (state, nowMs) => detailsOf(statusOf(state, nowMs)),
  });
  const traffic = new Traffic(running.rollout);
  const guard: Guard = new Guard(running.rollout, traffic);
  listenTo(running.rollout, CANARY_RULES, {
    onCommand: () => guard.watch(),
    isSettled: () => !guard.isReplacing,
  });
  return { ...running, traffic, guard };
}

/** What a canary asks of its preflight beside what its plan says. */
export function preflightOptionsOf({ plan, again, undo }: CanaryState): PreflightOptions {
  const asks = tierDemand({ plan, ...(undo === undefined ? {} : { undo }) });
  return {
    ...(again === undefined ? {} : { again }),
    ...(undo === undefined ? {} : { undo }),
    ...(asks === null ? {} : { asks: { strategy: asks.strategy, policy: asks.policy } }),
  };
}

/** How a canary ends. */
export function endingOf({ traffic, guard }: Canary): Ending<CanaryState, RolloutOutcome> {
  return {
    undos: { weights: (undo, again) => traffic.takeBack(undo, again) },
    outcomeOf,
    leftWords: ({ weights }) => (weights === null ? 'nothing was moved' : `traffic is at ${describeWeights(weights)}`),
    letGo: () => guard.end(),
  };
}

function outcomeOf(state: CanaryState): RolloutOutcome {
  return { ...outcomeBaseOf(state, statusOf(state, Date.now())), weights: weightsLeft(state) };
}

function weightsLeft(state: CanaryState): Weights | null {
  if (state.roles === null || (state.stage === 0 && state.alreadyServes === undefined)) return null;
  return state.outcome === 'promoted' ? splitBetween(state.roles, state.sharePercent) : allToBaseline(state.roles);
}
