import { NamespaceNotFoundError, ServiceError, type Client } from '@temporalio/client';
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

/** What a namespace lacks, when that is why the server refused `error`; `null` when it is something else. */
export async function namespaceTrouble(client: Client, error: unknown): Promise<NamespaceNotReadyError | null> {
  if (error instanceof NamespaceNotFoundError) return namespaceMissing(error.namespace);
  if (!isInvalidArgument(error)) return null;
  const { namespace } = client.options;
  const missing = await missingSearchAttributes(client).catch(() => (saysSo(error) ? undefined : []));
  if (missing?.length === 0) return null;
  return new NamespaceNotReadyError(
    "The namespace does not know Headgate's search attributes",
    registrationCommands(namespace, missing),
  );
}

const INVALID_ARGUMENT = 3;

function isInvalidArgument(error: unknown): error is ServiceError {
  const cause = error instanceof ServiceError ? error.cause : undefined;
  return cause !== undefined && 'code' in cause && cause.code === INVALID_ARGUMENT;
}

/** Temporal Cloud tells nobody which attributes a namespace has: then only the server's own sentence is left. */
function saysSo({ cause }: ServiceError): boolean {
  return cause !== undefined && /search attribute/i.test(cause.message);
}
