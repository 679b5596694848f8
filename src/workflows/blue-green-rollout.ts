import { readBlueGreenInput } from '../domain/blue-green/blue-green-input.js';
import { BLUE_GREEN_RULES } from '../domain/blue-green/rules.js';
import { BLUE_GREEN } from '../domain/search-attributes.js';
import {
  checkWish,
  followSwitch,
  prepare,
  retire,
  switchTraffic,
  tellSwitch,
  untilSwitch,
} from './blue-green/switching.js';
import { concluding } from './shared/concluding.js';
import { judge } from './traffic/judge.js';
import { endingOf, preflightOptionsOf, startMoving } from './traffic/moving.js';
import { preflight } from './traffic/preflight.js';
import { readOrRefuse } from './traffic/refuse-unreadable.js';
import { approval, bake, confirmLast } from './traffic/stage.js';
import type { BlueGreenInput, RolloutOutcome } from './messages.js';

/**
 * Switches a service's traffic between two environments, back and forth until one of them stays, and back by itself when
 * the new one is bad and the old one is known to be healthy.
 *
 * Completes with its outcome, also when it was stopped; fails only when Headgate or its input is broken.
 */
export async function blueGreenRollout(given: BlueGreenInput): Promise<RolloutOutcome> {
  const begun = readOrRefuse(given, readBlueGreenInput);
  if ('refused' in begun) return begun.refused;
  const blueGreen = startMoving(BLUE_GREEN_RULES, begun.input, {
    follow: followSwitch,
    isAwaited: ({ wish }) => wish !== null,
  });
  const { rollout } = blueGreen;

  const ending = endingOf(blueGreen, BLUE_GREEN_RULES);
  const letGo = (): void => {
    ending.letGo?.();
    if (rollout.state.stop !== null) tellSwitch(rollout);
  };

  return concluding(blueGreen, { ...ending, letGo }, async () => {
    const options = {
      ...preflightOptionsOf(BLUE_GREEN, rollout.state),
      candidateComesLater: true,
      probesBoth: rollout.state.plan.probing ?? {},
    } as const;
    await preflight(blueGreen, options, begun.warnings);
    await prepare(rollout);
    while (rollout.state.step !== 'ended') {
      await untilSwitch(rollout);
      await checkWish(rollout);
      await switchTraffic(blueGreen);
      await bake(blueGreen, ({ wish }) => wish !== null);
      if (rollout.state.wish !== null) continue;
      await judge(blueGreen);
      await approval(blueGreen);
      await confirmLast(blueGreen);
    }
    await retire(rollout);
  });
}
