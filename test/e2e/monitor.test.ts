import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BlueGreenDeployment } from '../../src/client/blue-green/blue-green-deployment.js';
import { DeploymentMonitor, type DeploymentMetrics } from '../../src/client/deployment-monitor.js';
import { RolloutNotFoundError } from '../../src/client/errors.js';
import { InvalidSpecError } from '../../src/domain/errors.js';
import { until } from '../contract/support/eventually.js';
import { switchPlan } from './support/switch-plan.js';
import { startWorld, type World } from './support/world.js';

const SERVICES = ['checkout', 'quiet'];

/** With a rollout of its own. */
const WATCHED = 'search';

let world: World;
let monitor: DeploymentMonitor;

beforeAll(async () => {
  world = await startWorld({ services: [...SERVICES, WATCHED] });
  world.startLoad();
  world.green.behaviour.errorRate = 0.2;
  monitor = new DeploymentMonitor({
    client: world.client,
    taskQueue: world.taskQueue,
    workflowIdPrefix: `${world.taskQueue}/`,
  });
  for (const service of SERVICES) {
    const { id } = await world.deployment.createDeployment({
      name: service,
      service,
      stages: [
        { traffic: 0.5, durationMinutes: 10 },
        { traffic: 1, durationMinutes: null },
      ],
      monitoringInterval: 1,
    });
    await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
  }
});

afterAll(() => world.stop());

/** The metrics of the last minute, as soon as they are as wanted. */
async function metricsWhen(what: string, holds: (metrics: DeploymentMetrics) => boolean): Promise<DeploymentMetrics> {
  let seen: DeploymentMetrics | undefined;
  await until(what, async () => {
    seen = await monitor.getMetrics({ deploymentId: 'checkout', timeRange: '1m' });
    return holds(seen);
  });
  return seen ?? expect.fail(what);
}

describe('the metrics of a deployment', () => {
  test('are those of each backend and of the whole service, in the units that their names say [M-01] [U-01]', async () => {
    const metrics = await metricsWhen(
      'green to have served 100 requests',
      ({ backends }) => (backends.green?.requests ?? 0) >= 100,
    );
    const { blue, green } = metrics.backends;
    expect(metrics).toMatchObject({ service: 'checkout', timeRange: '1m' });
    expect(metrics.id).toMatch(/^checkout@/);
    expect(green?.errorRate).toBeCloseTo(0.2, 1);
    expect(blue?.errorRate).toBe(0);
    expect(metrics.requests).toBe((blue?.requests ?? 0) + (green?.requests ?? 0));
    expect(metrics.errors).toBe(green?.errors);
    expect(metrics.errorRate).toBeCloseTo((green?.errors ?? 0) / (metrics.requests ?? 0));
    for (const each of [metrics, blue, green]) {
      const { requestRate = 0, latencyP50 = 0, latencyP95 = 0, latencyP99 = 0 } = each ?? {};
      expect(requestRate).toBeGreaterThan(0);
      expect(latencyP50).toBeGreaterThan(0);
      expect(latencyP95).toBeGreaterThanOrEqual(latencyP50);
      expect(latencyP99).toBeGreaterThanOrEqual(latencyP95);
    }
  });

  test('have no rate of errors and no latency where nobody asked, and no users where nobody counts them: that is not 0 [M-01]', async () => {
    const quiet = await monitor.getMetrics({ deploymentId: 'quiet', timeRange: '1m' });
    expect(quiet.backends.green).toMatchObject({ requestRate: 0, requests: 0, errors: 0 });
    for (const each of [quiet, quiet.backends.green, quiet.backends.blue])
      for (const field of ['errorRate', 'successRate', 'latencyP50', 'latencyP95', 'latencyP99', 'activeUsers'])
        expect(each).not.toHaveProperty(field);
  });

  test('are undefined, with the reason, while their source is away, and never 0 [M-01]', async () => {
    world.metricsRelay.set('refusing');
    try {
      const away = await monitor.getMetrics({ deploymentId: 'checkout', timeRange: '1m' });
      expect(away.backends).toEqual({ blue: { coverage: 0 }, green: { coverage: 0 } });
      expect(away).not.toHaveProperty('requestRate');
      expect(away).not.toHaveProperty('errorRate');
      expect(away.trouble?.join()).toMatch(/./);
    } finally {
      world.metricsRelay.set('open');
    }
  });

  test.each(['1', 'soon', '0s', '-1h'])(
    'are refused for the range %j, with what is expected [M-01] [U-04]',
    async (timeRange) => {
      const refused = await monitor
        .getMetrics({ deploymentId: 'checkout', timeRange })
        .catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(InvalidSpecError);
      expect((refused as InvalidSpecError).problems.map(({ path }) => path)).toEqual(['timeRange']);
    },
  );
});

describe('the health of deployments', () => {
  const config = { endpoints: ['/health', { path: '/version', json: { pointer: '/version', equals: 'v2' } }] };

  test('is told per deployment, environment and endpoint, from 0 to 1 [M-02] [U-01]', async () => {
    world.green.behaviour.healthy = false;
    try {
      const healths = await monitor.checkHealth({ deploymentIds: SERVICES, config });
      expect(Object.keys(healths)).toEqual(SERVICES);
      for (const service of SERVICES) {
        const { environments, source } = healths[service] ?? expect.fail(service);
        expect(source).toBe('probes');
        const well = { success: 1, probes: 5, lastFailure: null };
        const wrongVersion = expect.stringContaining('answered 200 with "v1" at /version, "v2" is wanted') as string;
        expect(environments.blue).toEqual({
          health: 0,
          isHealthy: false,
          endpoints: { '/health': well, '/version': { success: 0, probes: 5, lastFailure: wrongVersion } },
        });
        const down = expect.stringMatching(/^GET http.*\/health answered 503: not well$/) as string;
        expect(environments.green).toEqual({
          health: 0,
          isHealthy: false,
          endpoints: { '/health': { success: 0, probes: 5, lastFailure: down }, '/version': well },
        });
      }
    } finally {
      world.green.behaviour.healthy = true;
    }
    const { checkout } = await monitor.checkHealth({ deploymentIds: ['checkout'], config: { endpoints: ['/health'] } });
    expect(checkout?.environments.green).toMatchObject({ health: 1, isHealthy: true });
  });

  test('of a rollout that watches both environments is what its watch sees, and follows it [M-02] [B-03]', async () => {
    const { id } = await new BlueGreenDeployment({
      client: world.client,
      taskQueue: world.taskQueue,
      workflowIdPrefix: `${world.taskQueue}/`,
    }).start({ ...switchPlan(), service: WATCHED });
    const seen = async () => (await monitor.checkHealth({ deploymentIds: [id] }))[id];
    await until('the watch to know both environments', async () => {
      const health = await seen();
      const all = Object.values(health?.environments ?? {});
      return health?.source === 'watch' && all.length === 2 && all.every(({ isHealthy }) => isHealthy === true);
    });
    world.green.behaviour.healthy = false;
    try {
      await until('the watch to see green fail', async () => {
        const health = await seen();
        const green = health?.environments.green;
        return health?.source === 'watch' && green?.isHealthy === false && (green.health ?? 0) > 0;
      });
    } finally {
      world.green.behaviour.healthy = true;
    }
  });

  test('is refused for a configuration that makes no sense, everything at once, in the words of the program [M-02] [U-04]', async () => {
    const wrong = { endpoints: ['http://elsewhere/'], intervalSeconds: 0, timeoutSeconds: -1, successThreshold: 95 };
    const refused = await monitor
      .checkHealth({ deploymentIds: ['checkout'], config: wrong })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidSpecError);
    const paths = (refused as InvalidSpecError).problems.map(({ path }) => path);
    expect(paths.toSorted()).toEqual([
      'config.endpoints[0]',
      'config.intervalSeconds',
      'config.successThreshold',
      'config.timeoutSeconds',
    ]);
  });

  test.each([[undefined], ['health'], [{ kind: 'weights' }], [{ kind: 'metrics', service: 'checkout', rangeMs: 0 }]])(
    'started by hand with %j fails at once, and says what is wrong with it [M-06]',
    async (input) => {
      const failed: unknown = await world.client.workflow
        .execute('lookAtService', {
          taskQueue: world.taskQueue,
          workflowId: `look/${randomUUID()}`,
          args: input === undefined ? [] : [input],
        })
        .catch((error: unknown) => error);
      expect(failed).toMatchObject({ cause: { type: 'INVALID_INPUT', message: expect.stringMatching(/./) as string } });
    },
  );

  test('of a rollout that nobody knows is not found', async () => {
    await expect(monitor.checkHealth({ deploymentIds: ['nothing'] })).rejects.toBeInstanceOf(RolloutNotFoundError);
  });

  test('and metrics without a worker are refused at once, and say so', async () => {
    const idle = new DeploymentMonitor({
      client: world.client,
      taskQueue: 'nobody-polls-this',
      workflowIdPrefix: `${world.taskQueue}/`,
    });
    await expect(idle.getMetrics({ deploymentId: 'checkout' })).rejects.toMatchObject({ code: 'NO_WORKER' });
    await expect(idle.checkHealth({ deploymentIds: ['checkout'] })).rejects.toMatchObject({ code: 'NO_WORKER' });
  });
});
