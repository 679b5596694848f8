import type { Context } from '../../context.js';
import type { DoctorCheck } from '../../output/documents.js';
import { grpcCodeOf } from '../../exit-of-error.js';
import { well } from './installation.js';

/** gRPC. */
const NOT_FOUND = 5;

/** The server, and whether it has the namespace. */
export async function lookAtServer({ session }: Context): Promise<DoctorCheck[]> {
  const client = await session.client();
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  const { namespace } = client.options;
  const server = well('Temporal', `answers, version ${serverVersion}`);
  try {
    await client.workflowService.describeNamespace({ namespace });
    return [server];
  } catch (error) {
    if (grpcCodeOf(error) !== NOT_FOUND) throw error;
    const { namespaceMissing } = await import('../../../client/namespace.js');
    const { message, remedy = null, next } = namespaceMissing(namespace);
    return [server, { name: 'namespace', ok: false, message, remedy, commands: next }];
  }
}

export async function lookAtNamespace({ session }: Context): Promise<DoctorCheck[]> {
  const client = await session.client();
  const { missingSearchAttributes, registrationCommands } = await import('../../../client/namespace.js');
  const missing = await missingSearchAttributes(client);
  if (missing.length === 0) return [well('namespace', `${client.options.namespace} knows all search attributes`)];
  return [
    {
      name: 'namespace',
      ok: false,
      message: `${client.options.namespace} lacks ${missing.join(', ')}: every start would be refused`,
      remedy: 'Run these commands once',
      commands: registrationCommands(client.options.namespace, missing),
    },
  ];
}
