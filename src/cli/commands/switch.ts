import { confirm } from '../confirm.js';
import type { Context } from '../context.js';
import type { Result } from '../result.js';
import { targetOf } from './target.js';
import { commandOptionsOf, tell, type VerbOptions } from './verbs.js';

/** All traffic to an environment; one that is not known to be healthy must be confirmed. */
export async function switchTo(
  context: Context,
  id: string,
  environment: string,
  {
    validateHealth = true,
    yes,
    ...options
  }: VerbOptions & { readonly validateHealth?: boolean; readonly yes?: boolean },
): Promise<Result> {
  const target = await targetOf(context, id);
  if (!validateHealth)
    await confirm(context, {
      what: `${target} sends everybody to ${environment}, healthy or not`,
      command: `headgate switch ${target} ${environment} --no-validate-health -y --reason …`,
      yes: yes === true,
      reason: options.reason,
    });
  return tell(context, target, 'switch', (rollouts) =>
    rollouts.switchTo(target, environment, { ...commandOptionsOf(context, options), validateHealth }),
  );
}
