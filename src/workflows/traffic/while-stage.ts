import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { messageOf } from '../shared/retry-until-done.js';
import { hasHook, runLoad } from '../shared/hooks.js';
import type { TrafficRollout } from './traffic.js';

/** Lives through a stage, with its load beside it: that ends with the stage, however it ends. */
export async function whileStage(rollout: TrafficRollout, live: () => Promise<void>): Promise<void> {
  const { step, stage, sharePercent } = rollout.state;
  if (step !== 'baking' || !hasHook(rollout, 'whileStage')) return live();
  const load = new CancellationScope();
  void load
    .run(() => runLoad(rollout, { stage, trafficPercent: sharePercent }))
    .catch((error: unknown) => {
      if (!isCancellation(error)) rollout.dispatch({ type: 'faulted', reason: messageOf(error) });
    });
  try {
    await live();
  } finally {
    load.cancel();
  }
}
