import { HeadgateError, type ErrorFacts } from '../domain/errors.js';
import type { HookAnswer } from '../domain/hooks/answer.js';
import type { Moment } from '../domain/hooks/moments.js';
import type { HookPayload } from '../domain/hooks/payload.js';

/** One attempt to ask or tell a hook. */
export interface HookAttempt {
  /** From 1; rises with every attempt of the same question. */
  readonly attempt: number;
  /** The same in every attempt, and of no other question. */
  readonly idempotencyKey: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Something outside that is asked or told at moments of a rollout. */
export interface Hook {
  /** How long a question or notice is tried in all, milliseconds; each attempt has a limit of its own. */
  readonly deadlineMs: number;
  /**
   * Answers only what was said explicitly. A notice that was taken is answered yes.
   *
   * @throws HookUnansweredError whatever else became of it
   */
  run(moment: Moment, payload: HookPayload, attempt: HookAttempt): Promise<HookAnswer>;
  /** Why it cannot work as it is configured; `null`: nothing is known to be in its way. Sends nothing. */
  findObstacle(): Promise<HookObstacle | null>;
}

export interface HookObstacle {
  readonly message: string;
  readonly expected: string;
  readonly remedy: string;
}

/** Thrown when a hook gave no explicit answer. Tells no secret. */
export class HookUnansweredError extends HeadgateError {
  /** How long it wants to be left alone, milliseconds. Absent: it did not say. */
  readonly retryAfterMs: number | undefined;
  /** It will never answer otherwise. */
  readonly isFinal: boolean;

  constructor(
    message: string,
    {
      retryAfterMs,
      isFinal = false,
      ...facts
    }: ErrorFacts & { retryAfterMs?: number | undefined; isFinal?: boolean } = {},
  ) {
    super('HOOK_UNANSWERED', message, facts);
    this.retryAfterMs = retryAfterMs;
    this.isFinal = isFinal;
  }
}
