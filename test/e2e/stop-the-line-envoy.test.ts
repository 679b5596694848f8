import { afterEach, beforeEach, expect, test } from 'vitest';
import { writerOf } from '../../src/domain/traffic/fence.js';
import { shareOf } from '../../src/domain/traffic/weights.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { startEnvoyPlane, type EnvoyPlane } from '../adapters/envoy/envoy-plane.js';
import { describeOnEnvoy } from '../helpers/envoy-server.js';
import { lineIn } from './support/line.js';
import { startWorld, type World } from './support/world.js';

const INSTANCES = 2;

await describeOnEnvoy('a stop of the line on real Envoys', (executable) => {
  let world: World;
  let plane: EnvoyPlane;
  let bulkWrites = 0;

  beforeEach(async () => {
    bulkWrites = 0;
    const onEnvoy = (service: ServicePorts): ServicePorts => ({
      ...service,
      router: {
        ...plane.router,
        setMany: (changes, limits) => {
          bulkWrites += 1;
          return plane.router.setMany(changes, limits);
        },
      },
      metrics: plane.metrics,
      route: plane.route,
    });
    world = await startWorld({ tamper: onEnvoy });
    plane = await startEnvoyPlane(
      { backends: { blue: world.blue.url, green: world.green.url }, instances: INSTANCES },
      { executable, sticky: { cookie: 'hg_user' } },
    );
  });

  afterEach(async () => {
    await world.stop();
    await plane.stop();
  });

  test('every instance is at 0 % by one write, which the undo of the rollout finds done [M-07]', async () => {
    const line = lineIn(world);
    const id = await line.baked('checkout');
    const { isInForce } = await line.rollouts.stopTheLine({ reason: 'fire' });
    expect(isInForce).toBe(true);
    const read = await plane.router.readWeights(plane.route);
    expect(read.map((one) => ('weights' in one ? shareOf(one.weights, 'green') : -1))).toEqual([0, 0]);
    expect(read.map((one) => ('fence' in one ? writerOf(one.fence) : null))).toEqual(['stopTheLine', 'stopTheLine']);
    expect(bulkWrites).toBe(1);
    expect(await world.deployment.getDeploymentStatus(id)).toMatchObject({ outcome: 'aborted' });
    await line.release();
    await line.baked('checkout');
  }, 120_000);
});
