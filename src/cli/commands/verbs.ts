import type { CommandOptions } from '../../client/messenger.js';
import type { CommandAnswer } from '../../domain/stages/commands.js';
import { confirm } from '../confirm.js';
import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';
import type { Rollouts } from '../session.js';
import { targetOf } from './target.js';

/** What every verb may carry. */
export interface VerbOptions {
  readonly ifStage?: number;
  readonly reason?: string;
  readonly by?: string;
}

export function approve(context: Context, id: string | undefined, options: VerbOptions): Promise<Result> {
  return tell(context, id, 'approve', (rollouts, target) =>
    rollouts.approve(target, commandOptionsOf(context, options)),
  );
}

export function reject(context: Context, id: string | undefined, options: VerbOptions): Promise<Result> {
  return tell(context, id, 'reject', (rollouts, target) => rollouts.reject(target, commandOptionsOf(context, options)));
}

/** On to the next stage; `full`, straight to 100 %, must be confirmed. */
export async function promote(
  context: Context,
  id: string | undefined,
  { full, yes, ...options }: VerbOptions & { readonly full?: boolean; readonly yes?: boolean },
): Promise<Result> {
  const target = await targetOf(context, id);
  if (full === true)
    await confirm(context, {
      what: `${target} goes straight to 100 %, past the stages in between`,
      command: `headgate promote ${target} --full -y --reason …`,
      yes: yes === true,
      reason: options.reason,
    });
  return tell(context, target, 'promote', (rollouts) =>
    rollouts.promoteToNextStage(target, {
      ...commandOptionsOf(context, options),
      ...(full === undefined ? {} : { full }),
    }),
  );
}

export function pause(
  context: Context,
  id: string | undefined,
  { forMs, ...options }: VerbOptions & { readonly forMs?: number },
): Promise<Result> {
  context.session.tolerateBadConfig();
  const duration = forMs === undefined ? {} : { durationMinutes: forMs / 60_000 };
  return tell(context, id, 'pause', (rollouts, target) =>
    rollouts.pause(target, { ...commandOptionsOf(context, options), ...duration }),
  );
}

export function resume(
  context: Context,
  id: string | undefined,
  {
    trafficPercent,
    intervalMs,
    ...options
  }: VerbOptions & { readonly trafficPercent?: number; readonly intervalMs?: number },
): Promise<Result> {
  const modifiedConfig = {
    ...(trafficPercent === undefined ? {} : { traffic: trafficPercent / 100 }),
    ...(intervalMs === undefined ? {} : { monitoringInterval: intervalMs / 1000 }),
  };
  const change = Object.keys(modifiedConfig).length === 0 ? {} : { modifiedConfig };
  return tell(context, id, 'resume', (rollouts, target) =>
    rollouts.resume(target, { ...commandOptionsOf(context, options), ...change }),
  );
}

export function finish(context: Context, id: string | undefined, options: VerbOptions): Promise<Result> {
  return tell(context, id, 'finish', (rollouts, target) => rollouts.finish(target, commandOptionsOf(context, options)));
}

export function commandOptionsOf(context: Context, { by, reason, ifStage }: VerbOptions): CommandOptions {
  return {
    by: by ?? context.actor,
    ...(reason === undefined ? {} : { reason }),
    ...(ifStage === undefined ? {} : { ifStage }),
  };
}

/** Sends what was asked, and shows what it did. */
export async function tell(
  context: Context,
  id: string | undefined,
  verb: string,
  send: (rollouts: Rollouts, target: string) => Promise<CommandAnswer>,
): Promise<Result> {
  const target = await targetOf(context, id);
  const { rolloutId, ...answer } = await send(await context.session.rollouts(), target);
  const next = [`headgate watch ${target}`];
  return {
    document: documentOf('CommandResult', { id: rolloutId, verb, answered: true, ...answer, next }),
    text: ({ paint }) => [`${paint.good('✔')} ${rolloutId}: ${answer.effect}`, ...next.map((line) => `    ${line}`)],
  };
}
