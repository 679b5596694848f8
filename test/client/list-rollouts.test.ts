import { afterAll, beforeAll, expect, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import type { ListFilter } from '../../src/client/list-rollouts.js';
import type { Phase } from '../../src/domain/rollout/phase.js';
import { eventually, until } from '../contract/support/eventually.js';
import { longPlan, startWorld, type World } from '../e2e/support/world.js';

let world: World;
let ids: Readonly<Record<'ended' | 'running' | 'paused' | 'terminated' | 'held', string>>;

const SERVICES = ['checkout', 'search', 'mail', 'shop'];

beforeAll(async () => {
  world = await startWorld({ services: SERVICES });
  const start = async (service: string): Promise<string> => {
    const { id } = await world.deployment.start(longPlan({ service, name: service }));
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    return id;
  };
  const ended = await start('checkout');
  await world.deployment.rollback(ended);
  await world.closed('checkout');
  const [running, paused, terminated, held] = await Promise.all(['checkout', 'search', 'mail', 'shop'].map(start));
  if (running === undefined || paused === undefined || terminated === undefined || held === undefined)
    throw new Error('four were started');
  await world.deployment.pause(paused);
  await world.client.workflow.getHandle(`${world.taskQueue}/rollout/mail`).terminate('by hand');
  await world.setWeights([{ backend: 'blue', percent: 100 }], 'shop');
  await world.status(held, 'the drift to be seen', ({ needsHuman }) => needsHuman !== null);
  ids = { ended, running, paused, terminated, held };
});

afterAll(() => world.stop());

/** What is listed may lag behind a little. */
async function lists(filter: ListFilter, expected: readonly (keyof typeof ids)[]): Promise<void> {
  const wanted = expected.map((name) => ids[name]).sort();
  let seen: readonly string[] = [];
  await until(`the list to be ${expected.join(', ')}`, async () => {
    seen = (await world.deployment.list(filter)).map(({ id }) => id).sort();
    return JSON.stringify(seen) === JSON.stringify(wanted);
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; it is ${JSON.stringify(seen)} of ${JSON.stringify(ids)}`);
  });
}

test.each<[string, ListFilter, readonly (keyof typeof ids)[]]>([
  ['nothing said: all of this environment', {}, ['ended', 'running', 'paused', 'terminated', 'held']],
  ['a service', { service: 'checkout' }, ['ended', 'running']],
  ['in flight', { inFlight: true }, ['running', 'paused', 'held']],
  ['a phase', { phase: 'paused' }, ['paused']],
  ['a person is needed', { needsHuman: true }, ['held']],
  ['several at once', { service: 'checkout', inFlight: true }, ['running']],
])('lists by %s', async (_, filter, expected) => {
  await lists(filter, expected);
});

/** Each turns a query into another one, or into none, where it is put between quotes as it stands. */
const ODD_NAMES = [
  "x' OR HeadgateService = 'checkout",
  "x' OR HeadgateService != '",
  "checkout' OR 'a' = 'a",
  'checkout\\',
  "\\' OR HeadgateService = 'checkout' OR HeadgateService = '",
  "it's",
  "'",
  "'checkout'",
  "checkout'",
  '"',
  '%',
];

test.each(ODD_NAMES)('%s is a name that no rollout has, and nothing else, in every query [W43]', async (name) => {
  expect(await world.deployment.list({ service: name })).toEqual([]);
  expect(await world.deployment.list({ phase: name as Phase })).toEqual([]);
  for (const id of [name, `${name}@${ids.running.split('@')[1] ?? ''}`])
    await expect(world.deployment.getDeploymentStatus(id)).rejects.toMatchObject({ code: 'ROLLOUT_NOT_FOUND' });
  // What guarded another service must not be taken for what guarded this one.
  await expect(world.deployment.undo(name)).rejects.toMatchObject({ code: 'INVALID_SPEC' });
  const elsewhere = new CanaryDeployment({ client: world.client, workflowIdPrefix: name });
  expect(await elsewhere.list()).toEqual([]);
  const plan = longPlan({ service: 'checkout', name: 'checkout' });
  await expect(world.deployment.start(plan, { requestId: name })).rejects.toMatchObject({ code: 'ROLLOUT_IN_FLIGHT' });
});

test('a line says where the rollout stands', async () => {
  await lists({ phase: 'aborted' }, ['ended']);
  await lists({ phase: 'progressing', inFlight: true }, ['running']);
  const [running] = await world.deployment.list({ service: 'checkout', inFlight: true });
  expect(running).toMatchObject({ id: ids.running, service: 'checkout', phase: 'progressing', stage: 1 });
  expect(running).toMatchObject({ trafficPercentage: 25, needsHuman: false, endedAt: null });
  const terminated = await eventually('the end of the terminated one to be listed', async () => {
    const [listed] = await world.deployment.list({ service: 'mail' });
    return listed?.endedAt == null ? undefined : listed;
  });
  expect(terminated).toMatchObject({ phase: 'terminated' });
});

test('newest first, at most as many as asked for', async () => {
  await lists({ service: 'checkout' }, ['ended', 'running']);
  expect((await world.deployment.list({ service: 'checkout', limit: 1 })).map(({ id }) => id)).toEqual([ids.running]);
  expect(await world.deployment.list({ service: 'checkout', limit: 0 })).toEqual([]);
});

test('another environment of the same namespace has a list of its own [S-01]', async () => {
  const other = new CanaryDeployment({
    client: world.client,
    taskQueue: world.taskQueue,
    workflowIdPrefix: `${world.taskQueue}/production/`,
  });
  await lists({ service: 'checkout' }, ['ended', 'running']);
  expect(await other.list()).toEqual([]);
});
