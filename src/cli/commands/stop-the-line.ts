import type { LineStopped } from '../../client/stop-the-line.js';
import { scopeWords } from '../../domain/stop-the-line/scope.js';
import type { LineStopStatus } from '../../domain/stop-the-line/status.js';
import type { Paint } from '../../presentation/paint.js';
import { frozenLines, leftLines } from '../../presentation/line-text.js';
import { confirm } from '../confirm.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { exitOfError } from '../exit-of-error.js';
import type { Exit } from '../exit-codes.js';
import { documentOf } from '../output/documents.js';
import type { Result } from '../result.js';
import { HeadgateError } from '../../domain/errors.js';

export interface StopTheLineWords {
  readonly scope?: readonly string[];
  readonly release?: boolean;
  /** The id of the stop that is released. */
  readonly stop?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly yes?: boolean;
  readonly timeout?: number;
}

const BREAK_GLASS = 'headgate break-glass set-weights --all -y --reason …';

/** Brings everything in flight back and refuses starts, or lets them in again. */
export async function stopTheLine(context: Context, words: StopTheLineWords): Promise<Result> {
  context.session.tolerateBadConfig();
  if (words.stop !== undefined && words.release !== true)
    throw new UsageError('--stop says which stop is released', { expected: '--release beside it' });
  try {
    return words.release === true ? await release(context, words) : await stop(context, words);
  } catch (error) {
    throw withWayOut(error);
  }
}

/** With Temporal away there is another way. */
function withWayOut(error: unknown): unknown {
  if (exitOfError(error) !== 'unreachable') return error;
  const message = error instanceof Error ? error.message : String(error);
  return new HeadgateError('SERVER_UNREACHABLE', message, {
    expected: 'a Temporal server that answers',
    remedy: 'Nothing may have been stopped. Past Temporal, all traffic goes back by:',
    next: [BREAK_GLASS, 'headgate doctor'],
    cause: error,
  });
}

async function stop(context: Context, words: StopTheLineWords): Promise<Result> {
  const { scope, reason, timeout } = words;
  await confirm(context, {
    what: `Everything in flight goes back and starts are refused, of ${scopeWords(scope ?? ['*'])}`,
    command: `headgate stop-the-line${scopeOption(scope)} -y --reason …`,
    yes: words.yes === true,
    reason,
  });
  const rollouts = await context.session.rollouts();
  const stopped = await rollouts.stopTheLine({
    reason: reason ?? '',
    by: words.by ?? context.actor,
    signal: context.interrupted,
    onProgress: (seen) => context.progress(progressLine(seen)),
    ...(scope === undefined ? {} : { scope }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout }),
  });
  const exit = exitOf(stopped);
  const next = nextOf(stopped, exit);
  return {
    document: documentOf('LineStopped', { ...stopped, next }),
    text: ({ paint }) => [...stoppedLines(stopped, paint), ...next.map((line) => `    ${line}`)],
    exit,
  };
}

/** That a stop was asked for is not that everything is stopped. */
function exitOf({ isInForce, worker, stop: seen }: LineStopped): Exit {
  if (seen !== null && seen.left.length > 0) return 'undoFailing';
  if (!isInForce || worker === 'none') return 'timedOut';
  return seen !== null && seen.mixed.length + seen.unmatched.length > 0 ? 'needsHuman' : 'reached';
}

function nextOf({ stop: seen, worker }: LineStopped, exit: Exit): readonly string[] {
  return [
    ...(worker === 'none' ? ['headgate worker'] : []),
    ...(exit === 'undoFailing' || worker === 'none' ? [BREAK_GLASS] : []),
    ...(seen?.mixed ?? []).map(({ service }) => `headgate break-glass set-weights ${service} BACKEND=100 --reason …`),
    `headgate stop-the-line --release${seen === null ? '' : ` --stop ${seen.id}`} --reason …`,
  ];
}

function stoppedLines({ stop: seen, stops, isInForce, worker }: LineStopped, paint: Paint): readonly string[] {
  if (seen === null && worker === 'none')
    return [
      `${paint.attention('◌')} the server has the stop, and no worker answers: starts are refused, and everything goes back as soon as a worker is there`,
    ];
  if (seen === null) return [`${paint.attention('◌')} the stop is over already: somebody has released it`];
  const others = stops.filter(({ id }) => id !== seen.id);
  return [
    isInForce
      ? `${paint.good('✔')} stop ${seen.id} holds: nothing of ${scopeWords(seen.scope)} is in flight (${String(seen.services ?? 0)} services), starts are refused`
      : `${paint.bad('✖')} stop ${seen.id} goes on: ${progressWords(seen)}, starts are refused`,
    ...leftLines(seen),
    ...(others.length === 0
      ? []
      : ['besides:', ...others.map((one) => `  stop ${one.id} of ${scopeWords(one.scope)}`)]),
  ];
}

function progressLine(seen: LineStopStatus): string {
  return `stop ${seen.id}: ${progressWords(seen)}`;
}

function progressWords({ services, inFlight, left }: LineStopStatus): string {
  if (services === null) return 'starts are refused, looking what is in flight';
  return `${String(inFlight.length)} in flight, ${String(left.length)} of ${String(services)} services not stopped yet`;
}

async function release(context: Context, { scope, stop: id, reason, by, yes }: StopTheLineWords): Promise<Result> {
  await confirm(context, {
    what: `Starts are let in again, of ${id === undefined ? scopeWords(scope ?? ['*']) : `stop ${id}`}`,
    command: `headgate stop-the-line --release${id === undefined ? scopeOption(scope) : ` --stop ${id}`} -y --reason …`,
    yes: yes === true,
    reason,
  });
  const rollouts = await context.session.rollouts();
  const { effect, freeze } = await rollouts.releaseTheLine({
    reason: reason ?? '',
    by: by ?? context.actor,
    ...(scope === undefined ? {} : { scope }),
    ...(id === undefined ? {} : { stop: id }),
  });
  const next = effect === null ? ['headgate worker', 'headgate list'] : ['headgate list'];
  return {
    document: documentOf('LineReleased', { effect, freeze, next }),
    text: ({ paint }) => [
      effect === null
        ? `${paint.attention('◌')} the server has the release, and no worker answers: it counts as soon as one is there`
        : `${paint.good('✔')} ${effect}`,
      ...(effect === null ? [] : frozenLines(freeze, paint)),
      ...next.map((line) => `    ${line}`),
    ],
    exit: effect === null ? 'timedOut' : 'reached',
  };
}

function scopeOption(scope: readonly string[] | undefined): string {
  return scope === undefined ? '' : ` --scope ${scope.join(' ')}`;
}
