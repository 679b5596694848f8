import { SEARCH_ATTRIBUTES } from '../domain/search-attributes.js';

const CLI_TYPES = { KEYWORD: 'Keyword', INT: 'Int', DOUBLE: 'Double', BOOL: 'Bool' } as const;

/**
 * What updates under way may weigh together, in bytes. The server hands all of them to a worker in one task and takes
 * 20 MB of them, but no answer of more than 4 MB: it terminates the rollout instead, which leaves its traffic where it is.
 */
const LARGEST_UPDATES = 1_000_000;

/** The flags that make a development server fit for rollouts. */
export function serverFlags(): string[] {
  return [
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${CLI_TYPES[type]}`,
    ]),
    ...['--dynamic-config-value', `history.maxInFlightUpdatePayloads=${String(LARGEST_UPDATES)}`],
  ];
}
