import { AdapterUnavailableError, type ErrorFacts } from '../../../domain/errors.js';
import { describeFailure } from '../../http/json-client.js';

export const NAME = 'router "envoy"';

/** What is in the way, in the words of this adapter. */
export function envoyFailure(message: string, facts: ErrorFacts = {}): AdapterUnavailableError {
  return new AdapterUnavailableError(NAME, message, facts);
}

export function unwritable(path: string, error: unknown): Error {
  return envoyFailure(`${path} could not be written; it is left as it was`, {
    expected: 'a file and a folder that the worker may write',
    got: describeFailure(error),
    remedy: "Let the worker's user write the file and its folder.",
    cause: error,
  });
}

export function unlockable(path: string, error: unknown): Error {
  return envoyFailure(`${path} cannot be written`, {
    expected: 'a folder in which the worker may make files, beside the RDS file',
    got: describeFailure(error),
    remedy: 'Let the worker write there; a folder that is mounted read-only cannot be used.',
    cause: error,
  });
}

export function unreadable(path: string, error: unknown): Error {
  return envoyFailure(`${path} cannot be read`, {
    expected: 'an RDS file that the worker may read',
    got: describeFailure(error),
    remedy: 'Correct routes: under routers in headgate.yaml, or let the worker read the file.',
    cause: error,
  });
}

export function contended(path: string, attempts: number): Error {
  return envoyFailure(`${path} could not be written: others write it all the time`, {
    expected: 'a moment in which nobody else writes it',
    got: `no such moment in ${String(attempts)} attempts`,
    remedy: 'See who writes it: only Headgate and people should.',
  });
}

/** One line about what one instance, or its file, does not do. */
export function inWords(error: unknown): string {
  if (!(error instanceof AdapterUnavailableError)) return describeFailure(error);
  return error.got === undefined ? error.detail : `${error.detail}: ${error.got}`;
}
