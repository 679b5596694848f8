import { HeadgateError } from '../domain/errors.js';

/** Thrown when a command line cannot be understood. Nothing was done. */
export class UsageError extends HeadgateError {
  constructor(
    message: string,
    facts: {
      readonly expected?: string | undefined;
      readonly got?: string | undefined;
      readonly remedy?: string | undefined;
      readonly next?: readonly string[];
    } = {},
  ) {
    super('INVALID_USAGE', message, facts);
  }
}

/** The signals that end waiting. */
export type Interrupt = 'SIGINT' | 'SIGTERM';

/** Thrown when a person or the system ends the command. What was started goes on. */
export class InterruptedError extends HeadgateError {
  constructor(
    readonly interrupt: Interrupt,
    message: string,
    next: readonly string[],
  ) {
    super('INTERRUPTED', message, { next });
  }
}

/** Thrown when something that cannot be taken back was not confirmed. Nothing was done. */
export class NotConfirmedError extends HeadgateError {
  constructor(what: string, remedy: string, next: readonly string[]) {
    super('NOT_CONFIRMED', `Not confirmed, so nothing was done: ${what}`, { remedy, next });
  }
}
