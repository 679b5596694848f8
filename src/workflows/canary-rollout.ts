import { readCanaryInput } from '../domain/canary/canary-input.js';
import { CANARY_RULES } from '../domain/canary/rules.js';
import { CANARY } from '../domain/search-attributes.js';
import { concluding } from './shared/concluding.js';
import { judge } from './traffic/judge.js';
import { endingOf, preflightOptionsOf, startMoving } from './traffic/moving.js';
import { preflight } from './traffic/preflight.js';
import { readOrRefuse } from './traffic/refuse-unreadable.js';
import { applyShare, approval, bake, confirmLast, whileStage } from './traffic/stage.js';
import type { CanaryInput, RolloutOutcome } from './messages.js';

/**
 * Brings a candidate backend to full traffic, stage by stage, and undoes it by itself when it is bad.
 *
 * Completes with its outcome, also when it was stopped; fails only when Headgate or its input is broken.
 */
export async function canaryRollout(given: CanaryInput): Promise<RolloutOutcome> {
  const begun = readOrRefuse(given, readCanaryInput);
  if ('refused' in begun) return begun.refused;
  const canary = startMoving(CANARY_RULES, begun.input);

  return concluding(canary, endingOf(canary, CANARY_RULES), async () => {
    await preflight(canary, preflightOptionsOf(CANARY, canary.rollout.state), begun.warnings);
    while (canary.rollout.state.step !== 'ended') {
      await applyShare(canary);
      await whileStage(canary.rollout, async () => {
        await bake(canary);
        await judge(canary);
        await approval(canary);
      });
      await confirmLast(canary);
    }
  });
}
