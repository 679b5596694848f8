import { randomUUID } from 'node:crypto';
import { Client, ServiceError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { NamespaceNotReadyError } from '../../src/client/errors.js';
import { missingSearchAttributes, namespaceTrouble, registrationCommands } from '../../src/client/namespace.js';
import { connectToTemporal } from '../../src/client/temporal.js';
import { SEARCH_ATTRIBUTES } from '../../src/domain/search-attributes.js';
import { somePlan } from '../activities/support/fabricated.js';
import { until } from '../contract/support/eventually.js';
import { temporalCli } from '../e2e/support/temporal-cli.js';

const NAMES = Object.keys(SEARCH_ATTRIBUTES);

let client: Client;

beforeAll(async () => {
  client = await connectToTemporal({ address: inject('temporalAddress') });
});

afterAll(() => client.connection.close());

const inNamespace = (namespace: string): Client => new Client({ connection: client.connection, namespace });
const start = (namespace: string): Promise<unknown> =>
  new CanaryDeployment({ client: inNamespace(namespace), taskQueue: 'nobody-polls' })
    .start(somePlan())
    .catch((error: unknown) => error);

describe('a namespace without the search attributes', () => {
  test('refuses a start with the commands to type, which then make it ready [U-04]', async () => {
    const namespace = `ns-${randomUUID()}`;
    await client.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as unknown as Long },
    });
    // A server that has just made a namespace may not know it everywhere at once.
    await until('the namespace to be there', () =>
      missingSearchAttributes(inNamespace(namespace)).then(
        (missing) => missing.length === NAMES.length,
        () => false,
      ),
    );
    let refused: unknown;
    await until('the start to be refused for want of search attributes', async () => {
      refused = await start(namespace);
      return refused instanceof NamespaceNotReadyError && refused.next.length > 1;
    });
    const { next, remedy } = refused as NamespaceNotReadyError;
    expect(refused).toMatchObject({ code: 'NAMESPACE_NOT_READY' });
    expect(remedy).toMatch(/Run these commands once/);
    expect(next).toHaveLength(NAMES.length);
    expect(next).toContain(
      `temporal operator search-attribute create --namespace ${namespace} --name HeadgateStage --type Int`,
    );

    const cli = await temporalCli();
    for (const command of next) await cli(...command.split(' ').slice(1));
    await until('the attributes to be known', async () => {
      const missing = await missingSearchAttributes(inNamespace(namespace));
      return missing.length === 0;
    });
    let started: unknown;
    await until('a start to be taken', async () => {
      started = await start(namespace);
      return !(started instanceof Error);
    });
    expect(started).toMatchObject({ service: 'checkout', attached: false });
  });
});

describe('a namespace that does not exist', () => {
  test('is told from a rollout that is not there: by its name, with the command that makes it [U-04]', async () => {
    const deployment = new CanaryDeployment({ client: inNamespace('no-such-namespace') });
    const looked: unknown = await deployment.getDeploymentStatus('checkout').catch((error: unknown) => error);
    const refused = await start('no-such-namespace');
    expect(looked).toBeInstanceOf(NamespaceNotReadyError);
    expect(refused).toBeInstanceOf(NamespaceNotReadyError);
    expect(refused).toMatchObject({ message: expect.stringContaining('no-such-namespace') as string });
    expect((refused as NamespaceNotReadyError).next[0]).toBe(
      'temporal operator namespace create --namespace no-such-namespace',
    );
  });
});

test('that attributes are missing is found by looking, and not by a sentence of the server [U-04]', async () => {
  const refused = (message: string): Error =>
    new ServiceError('Failed to start', { cause: Object.assign(new Error(message), { code: 3 }) });
  const tooLong = refused('search attribute HeadgateRequestId exceeds size limit');
  expect(await namespaceTrouble(client, tooLong)).toBeNull();
  expect(await namespaceTrouble(client, new Error('search attribute'))).toBeNull();
  const bare = `ns-${randomUUID()}`;
  await client.workflowService.registerNamespace({
    namespace: bare,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as unknown as Long },
  });
  await until('the namespace to be there', () =>
    missingSearchAttributes(inNamespace(bare)).then(
      (missing) => missing.length === NAMES.length,
      () => false,
    ),
  );
  expect(await namespaceTrouble(inNamespace(bare), refused('in other words'))).toMatchObject({
    code: 'NAMESPACE_NOT_READY',
    next: registrationCommands(bare),
  });
  // Temporal Cloud tells nobody which attributes there are.
  const silent = inNamespace('no-such-namespace');
  expect(await namespaceTrouble(silent, tooLong)).toMatchObject({ code: 'NAMESPACE_NOT_READY' });
  expect(await namespaceTrouble(silent, refused('in other words'))).toBeNull();
});

test('only what is missing is registered', () => {
  expect(registrationCommands('shop', ['HeadgateNeedsHuman'])).toEqual([
    'temporal operator search-attribute create --namespace shop --name HeadgateNeedsHuman --type Bool',
  ]);
  expect(registrationCommands(undefined, ['HeadgatePhase'])[0]).toContain('--namespace default');
});

test('the namespace of this test run lacks nothing', async () => {
  expect(await missingSearchAttributes(client)).toEqual([]);
});
