import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../domain/search-attributes.js';
import { NamespaceNotReadyError } from './errors.js';

const CLI_TYPES = { KEYWORD: 'Keyword', INT: 'Int', DOUBLE: 'Double', BOOL: 'Bool' } as const;

/** The commands that make a namespace ready. */
export function registrationCommands(
  namespace: string | undefined,
  names: readonly string[] = Object.keys(SEARCH_ATTRIBUTES),
): string[] {
  return Object.entries(SEARCH_ATTRIBUTES)
    .filter(([name]) => names.includes(name))
    .map(
      ([name, type]) =>
        `temporal operator search-attribute create --namespace ${namespace ?? 'default'} --name ${name} --type ${CLI_TYPES[type]}`,
    );
}

/** The search attributes that a namespace lacks; empty when it is ready. */
export async function missingSearchAttributes(client: Client): Promise<string[]> {
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
    namespace: client.options.namespace,
  });
  return Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
}

/** A namespace that the server does not have: misspelled, or not made yet. */
export function namespaceMissing(namespace: string): NamespaceNotReadyError {
  return new NamespaceNotReadyError(`The server has no namespace ${namespace}`, [
    `temporal operator namespace create --namespace ${namespace}`,
    ...registrationCommands(namespace),
  ]);
}

/** A namespace that was never made ready: every start would be refused, and no list can be had. */
export function attributesMissing(namespace: string): NamespaceNotReadyError {
  return new NamespaceNotReadyError(
    "The namespace does not know Headgate's search attributes",
    registrationCommands(namespace),
  );
}

/** Whether the server refused for an attribute that the namespace does not have: only its message tells. */
export function isMissingSearchAttribute(error: unknown): boolean {
  return (
    error instanceof Error && [error, error.cause].some((one) => one instanceof Error && SAYS_SO.test(one.message))
  );
}

const SAYS_SO = /search attribute/i;
