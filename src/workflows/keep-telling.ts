import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { Telling } from '../domain/hooks/state.js';
import { runHook } from './shared/hooks.js';

/** Tells hooks what a rollout that has ended could not tell them in time, each in order. Fails when anybody else starts it. */
export async function keepTelling({ untold }: { readonly untold: readonly Telling[] }): Promise<void> {
  if (workflowInfo().parent === undefined)
    throw ApplicationFailure.create({
      type: 'INVALID_INPUT',
      message: 'Only a rollout that has ended starts this, with what its hooks have not been told yet',
      nonRetryable: true,
    });
  const hooks = new Set(untold.flatMap((one) => one.hooks));
  await Promise.all([...hooks].map((hook) => tellInOrder(hook, untold)));
}

async function tellInOrder(hook: string, untold: readonly Telling[]): Promise<void> {
  for (const { hooks, payload } of untold) if (hooks.includes(hook)) await runHook(hook, payload);
}
