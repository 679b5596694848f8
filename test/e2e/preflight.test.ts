import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGatewayRouter } from '../../src/adapters/routers/gateway.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { freePort } from '../../src/dev/free-port.js';
import { without } from '../activities/support/fabricated.js';
import { until } from '../contract/support/eventually.js';
import { longPlan, startWorld, type World } from './support/world.js';

/** One service per reason, so that all of them share one world. */
type Tamper = (service: ServicePorts) => ServicePorts;

const FAULTS: Readonly<Record<string, Tamper>> = {
  'one-instance-away': (service) => ({ ...service, router: routerWithADeadInstance(service) }),
  'unknown-route': (service) => ({ ...service, route: { ...service.route, service: 'no-such-route' } }),
  'silent-query': (service) => ({
    ...service,
    metrics: { ...service.metrics, scalar: () => Promise.resolve('no-data') },
  }),
  'metrics-away': (service) => ({
    ...service,
    metrics: {
      samples: () => Promise.reject(new AdapterUnavailableError('metrics "shop"', 'connect ECONNREFUSED')),
      scalar: () => Promise.reject(new AdapterUnavailableError('metrics "shop"', 'connect ECONNREFUSED')),
    },
  }),
  'nobody-listens': (service) => ({
    ...service,
    urls: { ...service.urls, green: `http://127.0.0.1:${String(deadPort)}` },
  }),
  'label-only': (service) => without(service, 'version'),
};

const SERVICES = ['checkout', 'unhealthy', 'other-version', 'split', ...Object.keys(FAULTS)];

let world: World;
let deadPort = 0;
const commands: string[] = [];

beforeAll(async () => {
  deadPort = await freePort();
  world = await startWorld({
    services: SERVICES,
    tamper: (service) => counting(FAULTS[service.service]?.(service) ?? service),
  });
});

afterAll(() => world.stop());

/** Nothing may be set, not even to what it is already. */
function counting(service: ServicePorts): ServicePorts {
  const { router } = service;
  return {
    ...service,
    router: {
      ...router,
      readWeights: (route) => router.readWeights(route),
      setWeights: (route, weights, limits) => {
        commands.push(service.service);
        return router.setWeights(route, weights, limits);
      },
    },
  };
}

function routerWithADeadInstance({ router }: ServicePorts): ServicePorts['router'] {
  const dead = createGatewayRouter({ instances: [`http://127.0.0.1:${String(deadPort)}`], timeoutMs: 5000 });
  return {
    ...router,
    readWeights: async (route) => [...(await router.readWeights(route)), ...(await dead.readWeights(route))],
    setWeights: (route, weights, limits) => router.setWeights(route, weights, limits),
  };
}

const HEALTH = { endpoints: ['/health'], intervalMs: 1000, timeoutMs: 5000, successThreshold: 0.95 };
const NO_CHECKS = { checks: [] };

async function refused(service: string, change: Partial<CanaryPlan> = {}): Promise<RolloutStatus> {
  const { id } = await world.deployment.start(longPlan({ service, name: service, ...change }));
  const status = await world.status(id, 'the rollout to be refused', ({ isComplete }) => isComplete);
  await world.closed(service);
  expect(status).toMatchObject({ outcome: 'aborted', currentStage: 0, stop: { cause: 'preflight' }, desired: null });
  return status;
}

async function unmoved(service: string): Promise<void> {
  expect(commands).not.toContain(service);
  expect(await world.candidateShare(service)).toBe(0);
}

describe('a rollout that cannot work is refused before the first percent, because', () => {
  test('no such service is configured', async () => {
    const { reason } = await refused('checkuot');
    expect(reason).toMatch(/No service is named "checkuot"; expected one of checkout, .*headgate\.yaml/s);
  });

  test('the router cannot be reached [C-03]', async () => {
    world.routerRelay.set('refusing');
    try {
      const { reason } = await refused('checkout');
      expect(reason).toMatch(/router: .*expected every configured instance of the router reachable\. Start it/);
    } finally {
      world.routerRelay.set('open');
    }
    await unmoved('checkout');
  });

  test('one of several router instances cannot be reached [C-03]', async () => {
    const { reason } = await refused('one-instance-away');
    expect(reason).toMatch(new RegExp(`router: http://127.0.0.1:${String(deadPort)} cannot be read: .*ECONNREFUSED`));
    expect(reason).not.toMatch(new RegExp(`:${String(world.routerRelay.port)} cannot`));
    await unmoved('one-instance-away');
  });

  test('the data plane has no such route', async () => {
    const { reason } = await refused('unknown-route');
    expect(reason).toMatch(/no-such-route; expected a route named no-such-route\. Add the route/);
    await unmoved('unknown-route');
  });

  test('a metric source is away [C-14]', async () => {
    const { reason } = await refused('metrics-away');
    expect(reason).toMatch(/metrics: traffic counts cannot be had: metrics "shop": connect ECONNREFUSED; expected/);
    await unmoved('metrics-away');
  });

  test('a query returns nothing (a metric source that is fabricated at the edge)', async () => {
    const checks = [{ kind: 'custom', name: 'queueDepth', query: 'depth{{service}}', max: 5 }] as const;
    const { reason } = await refused('silent-query', { analysis: { checks } });
    expect(reason).toMatch(
      /"queueDepth" returns nothing for blue: .*expected one finite number\. Run the query by hand/,
    );
    await unmoved('silent-query');
  });

  test('the candidate answers 503', async () => {
    world.green.behaviour.healthy = false;
    try {
      const { reason } = await refused('unhealthy', { health: HEALTH });
      expect(reason).toMatch(
        /candidate: green is not healthy: GET http.*\/health answered 503: not well; expected .*2xx/,
      );
    } finally {
      world.green.behaviour.healthy = true;
    }
    await unmoved('unhealthy');
  });

  test('nobody listens where the candidate should be', async () => {
    const { reason } = await refused('nobody-listens', { health: HEALTH });
    expect(reason).toMatch(/candidate: green is not healthy: .*ECONNREFUSED.*Start the new version on green/);
    await unmoved('nobody-listens');
  });

  test('the candidate runs another version', async () => {
    const { reason } = await refused('other-version', { version: 'v3' });
    expect(reason).toMatch(/version: green at .*\/version reports v2; expected version v3\. Deploy v3 to green first/);
    await unmoved('other-version');
  });

  test('somebody has left traffic split [C-10]', async () => {
    const halves = ['green', 'blue'].map((backend) => ({ backend, percent: 50 }));
    await world.setWeights(halves, 'split');
    const { reason } = await refused('split');
    expect(reason).toMatch(/traffic is split already: .*--adopt blue or --adopt green/);
    expect(commands).not.toContain('split');
    expect(await world.candidateShare('split')).toBe(50);
  });

  test('of several reasons at once: all of them are listed', async () => {
    const checks = [{ kind: 'custom', name: 'depth', query: 'd', max: 5 }] as const;
    const { reason } = await refused('metrics-away', { version: 'v9', analysis: { checks } });
    expect(reason).toMatch(/version: /);
    expect(reason).toMatch(/traffic counts cannot be had/);
    expect(reason).toMatch(/"depth" cannot be had/);
    await unmoved('metrics-away');
  });
});

describe('what is odd but no reason to refuse is a warning', () => {
  async function warningsOf(service: string, change: Partial<CanaryPlan>): Promise<readonly string[]> {
    const { id } = await world.deployment.start(longPlan({ service, name: service, ...change }));
    const { warnings } = await world.status(id, 'the stage to bake', ({ stageStartedAt }) => stageStartedAt !== null);
    await world.deployment.rollback(id);
    await world.closed(service);
    return warnings;
  }

  async function requestsOfBaseline(): Promise<number> {
    const { route, metrics } = world.ports.serviceNamed('checkout');
    const toMs = Date.now();
    const query = { service: route.service, backend: 'blue', target: 'blue', fromMs: toMs - 2000, toMs, stepMs: 2000 };
    const samples = await metrics.samples(query);
    return samples.reduce((sum, sample) => sum + (sample === 'no-data' ? 0 : sample.requests), 0);
  }

  test('no checks, a version that is only a label, and no traffic on the baseline [C-01]', async () => {
    expect(await warningsOf('label-only', { version: 'v2', analysis: NO_CHECKS, health: HEALTH })).toEqual([
      'no checks: only health probes guard this rollout',
      expect.stringMatching(/^version v2 is only a label/),
      expect.stringMatching(/^blue had no traffic/),
    ]);
  });

  test('with traffic, checks and a version that can be asked for there is nothing to warn of', async () => {
    const load = world.startLoad();
    await until('the gateway to have counted users of the baseline', async () => (await requestsOfBaseline()) > 0);
    expect(await warningsOf('checkout', { version: 'v2' })).toEqual([]);
    await load.stop();
  });
});
