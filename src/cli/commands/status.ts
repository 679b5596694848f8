import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import { statusLines } from '../../presentation/frame.js';
import { nextCommands } from '../../presentation/next.js';
import type { Result } from '../result.js';
import type { RolloutStatus } from '../../domain/canary/status.js';
import { targetOf } from './target.js';

/** Where a rollout stands now. */
export async function status(context: Context, id: string | undefined): Promise<Result> {
  const target = await targetOf(context, id);
  const rollouts = await context.session.rollouts();
  const seen = await rollouts.getDeploymentStatus(target);
  return {
    document: statusDocument(seen),
    text: (view) => statusLines(seen, view),
  };
}

export function statusDocument(seen: RolloutStatus) {
  return documentOf('RolloutStatus', { ...seen, next: nextCommands(seen) });
}
