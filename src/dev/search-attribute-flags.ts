import { SEARCH_ATTRIBUTES } from '../domain/search-attributes.js';

const CLI_TYPES = { KEYWORD: 'Keyword', INT: 'Int', DOUBLE: 'Double', BOOL: 'Bool' } as const;

/** The flags that make a development server know Headgate's search attributes. */
export function searchAttributeFlags(): string[] {
  return Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${CLI_TYPES[type]}`,
  ]);
}
