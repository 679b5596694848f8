import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { FloorActivities } from './floor-activities.js';
import { FLOOR_SIGNAL } from './settings.js';

const { moveBack } = proxyActivities<FloorActivities>({ startToCloseTimeout: '1 minute' });

/** The least that Temporal can do: a signal, one activity, the end. */
export async function floor(route: string): Promise<void> {
  let told = false;
  setHandler(defineSignal(FLOOR_SIGNAL), () => {
    told = true;
  });
  await condition(() => told);
  await moveBack(route);
}
