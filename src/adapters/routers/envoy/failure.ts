import { AdapterUnavailableError, type ErrorFacts } from '../../../domain/errors.js';

/** What is in the way, in the words of this adapter. */
export function envoyFailure(message: string, facts: ErrorFacts = {}): AdapterUnavailableError {
  return new AdapterUnavailableError('router "envoy"', message, facts);
}
