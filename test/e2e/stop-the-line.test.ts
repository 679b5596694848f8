import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeploymentManager } from '../../src/client/deployment-manager.js';
import { writerOf } from '../../src/domain/traffic/fence.js';
import { longPlan, startWorld, type World } from './support/world.js';

/** In flight when the line is stopped. */
const FLYING = ['checkout', 'search', 'orders'] as const;
const RESTING = ['billing', 'media'] as const;

let world: World;
let rollouts: DeploymentManager;
const ids = new Map<string, string>();

const planOf = (service: string) => longPlan({ service, name: service });
const baked = (id: string) => world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
const fenceOf = async (service: string): Promise<number> => {
  const [read] = await world.plane.direct.readWeights({ service, targets: { blue: 'blue', green: 'green' } });
  if (read === undefined || !('fence' in read)) throw new Error('the data plane does not answer');
  return read.fence;
};

beforeAll(async () => {
  world = await startWorld({ services: [...FLYING, ...RESTING] });
  rollouts = new DeploymentManager({
    client: world.client,
    taskQueue: world.taskQueue,
    workflowIdPrefix: `${world.taskQueue}/`,
  });
  for (const service of FLYING) ids.set(service, (await world.deployment.start(planOf(service))).id);
  for (const id of ids.values()) await baked(id);
}, 120_000);

afterAll(() => world.stop());

describe('a stop of the line', () => {
  test('brings everything in flight back, and is answered when nothing is in flight any more [M-07]', async () => {
    const stopped = await rollouts.stopTheLine({ reason: 'the database is on fire', by: 'ada' });
    expect(stopped).toMatchObject({ isInForce: true, worker: 'answering' });
    expect(stopped.stop).toMatchObject({ scope: ['*'], by: 'ada', services: 5, inFlight: [], left: [] });
    for (const service of world.services) expect(await world.candidateShare(service)).toBe(0);
    for (const id of ids.values())
      expect(await world.deployment.getDeploymentStatus(id)).toMatchObject({
        outcome: 'aborted',
        stop: { cause: 'emergencyStop' },
        reason: expect.stringContaining('the database is on fire') as string,
      });
  });

  test('gives resting services a new fence, and leaves their weights alone [M-07]', async () => {
    for (const service of RESTING) {
      expect(await world.weights(service)).toEqual(expect.arrayContaining([{ backend: 'blue', percent: 100 }]));
      expect(writerOf(await fenceOf(service))).toBe('stopTheLine');
    }
  });

  test('is what the undo of each rollout finds: it writes nothing more [M-07]', async () => {
    for (const service of FLYING) expect(writerOf(await fenceOf(service))).toBe('stopTheLine');
  });

  test('refuses starts until it is released [M-07]', async () => {
    await expect(world.deployment.start(planOf('media'))).rejects.toMatchObject({ code: 'LINE_STOPPED' });
    const { freeze } = await rollouts.getLine();
    expect(freeze).toMatchObject([{ scope: ['*'], reason: 'the database is on fire', by: 'ada' }]);
    const released = await rollouts.releaseTheLine({ reason: 'it is out', by: 'ada' });
    expect(released).toMatchObject({
      effect: expect.stringMatching(/released by ada: it is out/) as string,
      freeze: [],
    });
    const { id } = await world.deployment.start(planOf('media'));
    await baked(id);
    expect(await world.candidateShare('media')).toBe(25);
  });
});
