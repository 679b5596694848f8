import type { Context } from '../../context.js';
import type { DoctorCheck } from '../../output/documents.js';
import { well } from './installation.js';

export async function lookAtServer({ session }: Context): Promise<DoctorCheck[]> {
  const client = await session.client();
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  const { namespace } = client.options;
  return [well('Temporal', `answers, version ${serverVersion}, namespace ${namespace}`)];
}

export async function lookAtNamespace({ session }: Context): Promise<DoctorCheck[]> {
  const client = await session.client();
  const { missingSearchAttributes, registrationCommands } = await import('../../../client/namespace.js');
  const missing = await missingSearchAttributes(client);
  if (missing.length === 0) return [well('namespace', 'knows all search attributes')];
  return [
    {
      name: 'namespace',
      ok: false,
      message: `lacks ${missing.join(', ')}: every start would be refused`,
      remedy: 'Run these commands once',
      commands: registrationCommands(client.options.namespace, missing),
    },
  ];
}

export async function lookAtWorkers({ session }: Context): Promise<DoctorCheck[]> {
  const [client, config] = await Promise.all([session.client(), session.config()]);
  const { describePollers } = await import('../../../client/pollers.js');
  const queues = await describePollers(client, config.temporal.taskQueue);
  return queues.map(({ taskQueue, purpose, identities }) => {
    const name = `worker for ${purpose}`;
    const [first, ...others] = identities;
    if (first !== undefined) return well(name, `${[first, ...others].join(', ')} on task queue ${taskQueue}`);
    return {
      name,
      ok: false,
      message: `nobody polls task queue ${taskQueue}`,
      remedy: 'Start one; what was asked for meanwhile waits for it',
      commands: ['headgate worker'],
    };
  });
}
