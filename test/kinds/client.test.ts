import { afterAll, beforeAll, expect, test } from 'vitest';
import { CanaryDeployment } from '../../src/client/canary/canary-deployment.js';
import { DeploymentManager } from '../../src/client/deployment-manager.js';
import { canary } from '../../src/domain/canary/kind.js';
import { createKinds } from '../../src/domain/rollout/kinds.js';
import { runCli, type Ran } from '../cli/support/surroundings.js';
import { until } from '../contract/support/eventually.js';
import '../helpers/quiet-runtime.js';
import { quickPlan } from '../e2e/support/world.js';
import { hold } from './hold/kind.js';
import { startHolds, type Holds } from './support/holds.js';

const HOUR_MS = 3_600_000;

let holds: Holds;
let manager: DeploymentManager;

beforeAll(async () => {
  holds = await startHolds();
  manager = new DeploymentManager(holds);
});

afterAll(() => holds.stop());

/** The command line of a program that was handed the kind. */
const headgate = (...argv: string[]): Promise<Ran> => {
  const rollouts = () => Promise.resolve(holds.rollouts);
  return runCli(argv, { session: { rollouts, client: () => Promise.resolve(holds.client) } });
};

test('a kind that was handed in is started, listed, shown, paused and aborted, without a field of a canary', async () => {
  const { id } = await manager.start('hold', { plan: { service: 'docs', holdForMs: HOUR_MS }, requestedBy: 'ada' });
  await until('it to be listed', async () => (await manager.list({ phase: 'progressing' })).length === 1);
  expect(await manager.list()).toMatchObject([{ id, service: 'docs', strategy: 'hold', phase: 'progressing' }]);
  expect((await manager.list())[0]).not.toHaveProperty('trafficPercentage');
  expect((await headgate('list')).stdout).toMatch(/docs +◌ progressing +hold/);

  const seen = await manager.getDeploymentStatus('docs');
  expect(seen).toMatchObject({
    id,
    phase: 'progressing',
    requestedBy: 'ada',
    takes: ['pause', 'abort', 'emergencyStop'],
  });
  expect(seen).not.toHaveProperty('stages');
  const { stdout } = await headgate('status', 'docs');
  expect(stdout).toContain('docs  ◌ progressing\nholds the name, moves nothing\n');
  expect(stdout).toContain('type:   headgate pause docs   headgate abort docs --reason …');

  expect((await headgate('pause', 'docs')).stdout).toContain(`${id}: Paused`);
  expect(await manager.getDeploymentStatus(id)).toMatchObject({
    phase: 'paused',
    takes: ['resume', 'abort', 'emergencyStop'],
  });
  await manager.resume(id);
  const watching = headgate('watch', 'docs');
  await manager.rollback('docs', { reason: 'enough' });
  expect(await manager.wait(id)).toMatchObject({ outcome: 'aborted', isComplete: true });
  const watched = await watching;
  expect(watched.code).toBe(11);
  expect(watched.stdout).toContain('■ aborted docs: aborted: enough');
});

test('a kind that was handed in ends by itself, and its start reads its own plan', async () => {
  await expect(manager.start('hold', { plan: { service: 'docs', holdForMs: 'long' } })).rejects.toMatchObject({
    code: 'INVALID_SPEC',
  });
  const { id } = await manager.start('hold', { plan: { service: 'wiki', holdForMs: 1 } });
  expect(await manager.wait(id, { pollMs: 20 })).toMatchObject({ outcome: 'promoted', reason: 'held long enough' });
});

test('a kind that was not handed in is not listed, cannot be shown or started, and can be stopped', async () => {
  const { id } = await manager.start('hold', { plan: { service: 'blog', holdForMs: HOUR_MS } });
  const { client, taskQueue, workflowIdPrefix } = holds;
  const others = new DeploymentManager({ client, taskQueue, workflowIdPrefix });
  const canaries = new CanaryDeployment({ client, taskQueue, workflowIdPrefix });
  await until('it to be listed', async () => (await manager.list({ service: 'blog' })).length === 1);
  expect(await others.list()).toEqual([]);
  const unknown = { code: 'UNKNOWN_KIND', got: 'hold' };
  await expect(others.getDeploymentStatus(id)).rejects.toMatchObject({ ...unknown, expected: 'canary or blue-green' });
  await expect(canaries.getDeploymentStatus(id)).rejects.toMatchObject({ ...unknown, expected: 'canary' });
  await expect(others.start('hold', {})).rejects.toMatchObject({ code: 'UNKNOWN_KIND' });
  await expect(canaries.start(quickPlan({ service: 'blog' }))).rejects.toMatchObject({
    code: 'ROLLOUT_IN_FLIGHT',
    message: expect.stringContaining(`${id}, progressing`) as string,
  });
  expect(await canaries.undo('blog')).toMatchObject({ id, aborted: true });
  expect(await manager.wait(id)).toMatchObject({ outcome: 'aborted' });
});

test('two kinds that cannot be told apart are refused', () => {
  expect(() => createKinds([hold, { ...canary, strategy: 'hold' }])).toThrow(/Two kinds of rollouts are called hold/);
});
