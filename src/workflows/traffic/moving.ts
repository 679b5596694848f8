import type { AnyEvent } from '../../domain/rollout/events.js';
import type { StagedTrafficEvent } from '../../domain/staged-traffic/events.js';
import type { StagedTrafficRules } from '../../domain/staged-traffic/rules.js';
import type { StagedTrafficState } from '../../domain/staged-traffic/state.js';
import { tierDemand } from '../../domain/staged-traffic/tier-demand.js';
import type { StrategyName } from '../../domain/tier.js';
import { allToBaseline, describeWeights, splitBetween, type Weights } from '../../domain/traffic/weights.js';
import { detailsOf } from '../../presentation/details.js';
import type { RolloutOutcome } from '../messages.js';
import { outcomeBaseOf, type Ending } from '../shared/concluding.js';
import { listenTo, type Listening } from '../shared/listen.js';
import { takeUpRollout, type KindHooks, type RunInput, type RunningRollout } from '../shared/running-rollout.js';
import { Guard } from './guard.js';
import type { PreflightOptions } from './preflight.js';
import { Traffic } from './traffic.js';

/** A rollout that moves a service's traffic: what every rollout has, and what sets and guards its traffic. */
export interface Moving<
  State extends StagedTrafficState = StagedTrafficState,
  Own extends AnyEvent = never,
> extends RunningRollout<State, StagedTrafficEvent | Own> {
  readonly traffic: Traffic;
  readonly guard: Guard;
}

/** Takes the state up where it stood and listens from the first moment. */
export function startMoving<State extends StagedTrafficState, Own extends AnyEvent>(
  rules: StagedTrafficRules<State, Own>,
  input: RunInput<State['plan'], State>,
  { follow, isAwaited }: Pick<Listening<State>, 'follow'> & Pick<KindHooks<State>, 'isAwaited'> = {},
): Moving<State, Own> {
  const running = takeUpRollout(rules, input.plan.service, input, {
    guard: (): void => guard.watch(),
    isSettled: (): boolean => !guard.isRenewing,
    ...(isAwaited === undefined ? {} : { isAwaited }),
    details: (state, nowMs) => detailsOf(rules.statusOf(state, nowMs)),
  });
  const traffic = new Traffic(running.rollout);
  const guard: Guard = new Guard(running.rollout, traffic);
  listenTo(running.rollout, rules, {
    onCommand: () => guard.watch(),
    isSettled: () => !guard.isReplacing,
    ...(follow === undefined ? {} : { follow }),
  });
  return { ...running, traffic, guard };
}

/** What is asked of the preflight beside what the plan says. */
export function preflightOptionsOf(
  strategy: StrategyName,
  { plan, again, undo }: StagedTrafficState,
): PreflightOptions {
  const asks = tierDemand(strategy, { plan, ...(undo === undefined ? {} : { undo }) });
  return {
    ...(again === undefined ? {} : { again }),
    ...(undo === undefined ? {} : { undo }),
    ...(asks === null ? {} : { asks: { strategy: asks.strategy, policy: asks.policy } }),
  };
}

/** How it ends. */
export function endingOf(
  { traffic, guard }: Pick<Moving, 'traffic' | 'guard'>,
  rules: Pick<StagedTrafficRules, 'statusOf'>,
): Ending<StagedTrafficState, RolloutOutcome> {
  return {
    undos: { weights: (undo, again) => traffic.takeBack(undo, again) },
    outcomeOf: (state) => ({
      ...outcomeBaseOf(state, rules.statusOf(state, Date.now())),
      weights: weightsLeft(state),
    }),
    leftWords: ({ weights }) => (weights === null ? 'nothing was moved' : `traffic is at ${describeWeights(weights)}`),
    letGo: () => guard.end(),
  };
}

function weightsLeft(state: StagedTrafficState): Weights | null {
  if (state.roles === null || (state.stage === 0 && state.alreadyServes === undefined)) return null;
  return state.outcome === 'promoted' ? splitBetween(state.roles, state.sharePercent) : allToBaseline(state.roles);
}
