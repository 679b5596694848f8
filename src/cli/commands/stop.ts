import { refusalOfLateStop, refusalOfStaleStop } from '../../client/ignored-stop.js';
import { isStagedTraffic } from '../../domain/staged-traffic/is-staged-traffic.js';
import type { StatusBase } from '../../domain/rollout/status.js';
import { isUnanswered } from '../../domain/rollout/status.js';
import type { Context } from '../context.js';
import { documentOf } from '../output/documents.js';
import { whereTrafficIs } from '../../presentation/header.js';
import type { Result } from '../result.js';
import { follow } from './follow.js';
import { targetOf } from './target.js';
import { commandOptionsOf, type VerbOptions } from './verbs.js';

export interface StopOptions extends VerbOptions {
  /** Wait until traffic is back. */
  readonly wait?: boolean;
  readonly timeoutMs?: number;
}

/** Stops a rollout and puts all traffic back. Never prompts; the server takes it without a worker too. */
export function abort(context: Context, id: string | undefined, options: StopOptions): Promise<Result> {
  return stop(context, id, 'abort', options);
}

/** As abort, before everything else that waits to be done. */
export function emergencyStop(context: Context, id: string | undefined, options: StopOptions): Promise<Result> {
  return stop(context, id, 'emergencyStop', options);
}

async function stop(
  context: Context,
  id: string | undefined,
  verb: 'abort' | 'emergencyStop',
  options: StopOptions,
): Promise<Result> {
  context.session.tolerateBadConfig();
  const target = await targetOf(context, id);
  const rollouts = await context.session.rollouts();
  const asking = commandOptionsOf(context, options);
  await (verb === 'abort' ? rollouts.rollback(target, asking) : rollouts.emergencyStop(target, asking));
  return stopped(context, target, verb, options);
}

type Following = Pick<StopOptions, 'wait' | 'timeoutMs' | 'ifStage'>;

/** Goes on with a rollout that was told to abort. */
export function aborted(context: Context, target: string, options: Following): Promise<Result> {
  return stopped(context, target, 'abort', options);
}

async function stopped(
  context: Context,
  target: string,
  verb: 'abort' | 'emergencyStop',
  { wait = false, timeoutMs, ifStage }: Following,
): Promise<Result> {
  const refusal = (status: StatusBase): Error | null =>
    ifStage === undefined ? null : refusalOfStaleStop(status, verb, ifStage);
  if (wait)
    return follow(context, target, { for: 'undone', refusal, ...(timeoutMs === undefined ? {} : { timeoutMs }) });
  const status = await (await context.session.rollouts()).getDeploymentStatus(target);
  const refused = refusal(status) ?? refusalOfLateStop(status, verb);
  if (refused !== null) throw refused;
  return sent(verb, status, ifStage);
}

function sent(verb: 'abort' | 'emergencyStop', status: StatusBase, ifStage: number | undefined): Result {
  const { id, service, phase } = status;
  const own = isStagedTraffic(status) ? status : null;
  const isOver = status.outcome !== null;
  const effect = isUnanswered(status)
    ? `the server has it; it happens as soon as ${status.worker === 'busy' ? 'the worker comes to it' : 'a worker is there'}${ifStage === undefined ? '' : `, if the rollout is still at stage ${String(ifStage)}`}`
    : isOver
      ? `${phase}${own === null ? '' : `, ${whereTrafficIs(own)}`}`
      : `${phase}${own === null ? '' : `; traffic goes back to ${own.roles?.baseline ?? 'the baseline'}`}`;
  const next = isOver
    ? [`headgate history ${id}`]
    : [
        `headgate watch ${service}`,
        ...(status.worker === 'none'
          ? ['headgate worker', `headgate break-glass set-weights ${service} BASELINE=100 --reason …`]
          : []),
      ];
  return {
    document: documentOf('CommandResult', {
      id,
      verb,
      answered: false,
      phase,
      currentStage: own?.currentStage ?? 0,
      effect,
      next,
    }),
    text: ({ paint }) => [`${paint.good('✔')} ${id}: ${effect}`, ...next.map((line) => `    ${line}`)],
  };
}
