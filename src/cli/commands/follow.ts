import { waitForRollout, type Awaited } from '../../client/wait-for-rollout.js';
import type { StatusBase } from '../../domain/rollout/status.js';
import type { Context } from '../context.js';
import { exitOfStatus } from '../exit-of-status.js';
import { closingLinesOf } from '../../presentation/any-kind.js';
import { Transitions } from '../../presentation/transitions.js';
import type { Result } from '../result.js';
import { orDetached, patientLook } from './look.js';
import { statusDocument } from './status.js';

/** A server that is away for longer is reported: whoever waits may want to know. */
const PATIENCE_MS = 60_000;

export interface FollowOptions {
  /** @default 'promoted' */
  readonly for?: Awaited;
  /** @default for ever */
  readonly timeoutMs?: number;
  /** Why there is nothing to wait for any more, once a look shows it. @default never */
  readonly refusal?: (status: StatusBase) => Error | null;
}

/**
 * Waits, tells every transition on stderr, and ends with the last word on it.
 *
 * @throws WaitTimedOutError
 * @throws InterruptedError when a person or the system ends the command; the rollout goes on.
 */
export async function follow(context: Context, id: string, { refusal, ...options }: FollowOptions): Promise<Result> {
  const transitions = new Transitions(context);
  const onTrouble = (trouble: string | null): void => context.progress(trouble ?? 'Temporal answers again');
  const work = waitForRollout(() => patientLook(context, id, { patienceMs: PATIENCE_MS, onTrouble }), {
    ...options,
    signal: context.interrupted,
    onStatus: (seen) => {
      const refused = refusal?.(seen) ?? null;
      if (refused !== null) throw refused;
      const lines = transitions.linesFor(seen);
      for (const line of lines) context.progress(line);
      if (lines.length > 0 && seen.endedAt === null) context.emit(statusDocument(seen));
    },
  });
  return closingResult(await orDetached(context, id, work), options.for);
}

/** How it came out, with the exit code that says so. */
export function closingResult(status: StatusBase, awaited: Awaited | undefined): Result {
  return {
    document: statusDocument(status),
    text: ({ paint, timeZone }) => closingLinesOf(status, paint, timeZone),
    exit: exitOfStatus(status, awaited),
  };
}
