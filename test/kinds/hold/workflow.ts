import { workflowInfo } from '@temporalio/workflow';
import type { OutcomeBase } from '../../../src/workflows/messages.js';
import { concluding, outcomeBaseOf } from '../../../src/workflows/shared/concluding.js';
import { listenTo } from '../../../src/workflows/shared/listen.js';
import { takeUpRollout, type RunInput } from '../../../src/workflows/shared/running-rollout.js';
import { HOLD_RULES, type HoldPlan, type HoldState } from './rules.js';

/** Holds for a while, unless somebody stops it. */
export async function holdRollout(input: RunInput<HoldPlan, HoldState>): Promise<OutcomeBase> {
  const service = workflowInfo().workflowId.replace(/^.*rollout\//, '');
  const running = takeUpRollout(HOLD_RULES, service, input);
  listenTo(running.rollout, HOLD_RULES);
  const ending = {
    undos: { hold: () => Promise.resolve() },
    outcomeOf: (state: HoldState) => outcomeBaseOf(state, HOLD_RULES.statusOf(state, Date.now())),
    leftWords: () => 'nothing was moved',
  };
  return concluding(running, ending, async () => {
    running.rollout.dispatch({ type: 'undoPlanned', undo: { kind: 'hold' } });
    await running.rollout.until('Hold', ({ step }) => step === 'ended');
  });
}
