import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import { statusLinesOf } from '../../presentation/any-kind.js';
import { nextCommands } from '../../presentation/next.js';
import type { Result } from '../result.js';
import type { StatusBase } from '../../domain/rollout/status.js';
import { covers } from '../../domain/stop-the-line/scope.js';
import { frozenLines } from '../../presentation/line-text.js';
import { frozenNow } from './frozen.js';
import { targetOf } from './target.js';

/** Where a rollout stands now. */
export async function status(context: Context, id: string | undefined): Promise<Result> {
  const target = await targetOf(context, id);
  const rollouts = await context.session.rollouts();
  const seen = await rollouts.getDeploymentStatus(target);
  const freeze = (await frozenNow(context)).filter(({ scope }) => covers(scope, seen.service));
  return {
    document: { ...statusDocument(seen), ...(freeze.length === 0 ? {} : { freeze }) },
    text: (view) => [...frozenLines(freeze, view.paint), ...statusLinesOf(seen, view)],
  };
}

export function statusDocument(seen: StatusBase) {
  return documentOf('RolloutStatus', { ...seen, next: nextCommands(seen) });
}
