import { afterEach, expect, test } from 'vitest';
import { UNGUARDED } from '../../src/domain/traffic/guard-plan.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import { shareOf } from '../../src/domain/traffic/weights.js';
import { until } from '../contract/support/eventually.js';
import { longPlan, startWorld, type World } from './support/world.js';

let world: World;

afterEach(() => world.stop());

/** Longer than a watch that waits for a worker is waited for. */
const OUTAGE_MS = 27_000;

const noTraffic = () => until('the candidate to have no traffic', async () => (await world.candidateShare()) === 0);

test('a guard that always fails for a fault of its own calls a person, and guards again when it can [W30] [C-12]', async () => {
  let isBroken = false;
  world = await startWorld({
    tamper: (service) => ({
      ...service,
      metrics: {
        ...service.metrics,
        samples: (query, signal) =>
          isBroken ? Promise.reject(new TypeError('a bug in an adapter')) : service.metrics.samples(query, signal),
      },
    }),
  });
  world.startLoad();
  const { id } = await world.deployment.start(longPlan());
  await world.status(id, 'the stage to be watched', ({ observed }) => observed !== null);
  isBroken = true;
  const alarmed = await world.status(id, 'a person to be called', ({ needsHuman }) => needsHuman !== null);
  expect(alarmed.needsHuman).toBe('nobody guards the stage: a bug in an adapter');
  isBroken = false;
  await world.status(id, 'nobody to be needed any more', ({ needsHuman }) => needsHuman === null);
  world.green.behaviour.errorRate = 0.5;
  await noTraffic();
});

test('a service that leaves the configuration in mid-stage calls a person, and is guarded when it is back [W30]', async () => {
  let isGone = false;
  world = await startWorld({
    tamper: (service) => {
      if (isGone) throw new Error('there is no service of that name');
      return service;
    },
  });
  world.startLoad();
  const { id } = await world.deployment.start(longPlan());
  await world.status(id, 'the stage to be watched', ({ observed }) => observed !== null);
  isGone = true;
  // A changed interval begins the watch anew.
  await world.client.workflow
    .getHandle(`${world.taskQueue}/rollout/checkout`)
    .signal('configure', { monitoringInterval: 1 });
  const alarmed = await world.status(id, 'a person to be called', ({ needsHuman }) =>
    (needsHuman ?? '').includes('nobody guards'),
  );
  expect(alarmed.needsHuman).toContain('there is no service of that name');
  isGone = false;
  await world.status(id, 'nobody to be needed any more', ({ needsHuman }) => needsHuman === null);
  world.green.behaviour.errorRate = 0.5;
  await noTraffic();
});

test('a share that has reached only some instances is guarded there while it is set on the others [W30] [C-03] [C-21]', async () => {
  let isAway = false;
  const away = new AdapterUnavailableError('router', 'one of two instances could not be told');
  const second = { instance: 'the other one', unreachable: 'connection refused' };
  world = await startWorld({
    tamper: (service) => ({
      ...service,
      router: {
        ...service.router,
        readWeights: async (route) => [...(await service.router.readWeights(route)), ...(isAway ? [second] : [])],
        setWeights: async (route, weights, options) => {
          await service.router.setWeights(route, weights, options);
          if (shareOf(weights, 'green') === 50) isAway = true;
          if (isAway) throw away;
        },
      },
    }),
  });
  world.startLoad();
  const { id } = await world.deployment.start(longPlan());
  await world.status(id, 'the stage to be watched', ({ observed }) => observed !== null);
  await world.deployment.promoteToNextStage(id);
  await world.status(id, 'people to be told what blocks it', ({ needsHuman }) => /50 %/.test(needsHuman ?? ''));
  expect(await world.candidateShare()).toBe(50);
  world.green.behaviour.errorRate = 0.5;
  await noTraffic();
  isAway = false;
  const over = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
  expect(over).toMatchObject({ outcome: 'rolledBack', reason: expect.stringMatching(/^errorRate/) as string });
});

test('no worker for longer than a watch waits for a slot is no lack of slots: nobody is called [W33]', async () => {
  world = await startWorld({ worker: 'none' });
  world.startLoad();
  const first = await world.startWorker();
  const { id } = await world.deployment.start(longPlan());
  await world.status(id, 'the stage to be watched', ({ observed }) => observed !== null);
  await first.shutdown();
  const awaySinceMs = Date.now();
  await until('the outage to have lasted', () => Date.now() - awaySinceMs > OUTAGE_MS, OUTAGE_MS + 10_000);
  await world.startWorker();
  const back = await world.statusNow(id);
  expect(back.needsHuman).toBeNull();
  world.green.behaviour.errorRate = 0.5;
  await noTraffic();
  const over = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
  expect(over.history.map(({ what }) => what).join('\n')).not.toContain(UNGUARDED);
});
