import { preflightPlanOf } from '../../src/domain/staged-traffic/guard-plan-of.js';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import type { PreflightInput, PreflightProblem, PreflightReport } from '../../src/activities/contracts.js';
import { preflight } from '../../src/activities/preflight.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import { DEFAULT_TIER, STRATEGIES_OF_TIER, type InstalledTier } from '../../src/domain/tier.js';
import { messageOfWarning } from '../../src/domain/rollout/warnings.js';
import type { ProbeResult } from '../../src/ports/health-probe.js';
import type { ServicePorts } from '../../src/ports/service.js';
import type { InstanceWeights } from '../../src/ports/traffic-router.js';
import { ALL_BLUE, fitService, portsOf, somePlan, someTraffic, without } from './support/fabricated.js';

const look = (service: ServicePorts, plan: CanaryPlan = somePlan()): Promise<PreflightReport> =>
  new MockActivityEnvironment().run(() => preflight(portsOf(service), { plan: preflightPlanOf(plan) }));

async function problemsOf(service: ServicePorts, plan?: CanaryPlan): Promise<readonly PreflightProblem[]> {
  const report = await look(service, plan);
  return report.fit ? [] : report.problems;
}

async function warningsOf(service: ServicePorts, plan?: CanaryPlan): Promise<readonly string[]> {
  const report = await look(service, plan);
  return report.fit ? report.warnings.map(messageOfWarning) : report.problems.map(({ message }) => `unfit: ${message}`);
}

const routerDoing = (...instances: readonly InstanceWeights[]): ServicePorts['router'] => ({
  ...fitService().router,
  readWeights: () => Promise.resolve(instances),
});

const unavailable = (message: string) => new AdapterUnavailableError('router "gateway"', message);

describe('a service that is fit', () => {
  test('has the slot with all the traffic as its baseline, and nothing to warn of', async () => {
    expect(await look(fitService())).toMatchObject({
      fit: true,
      roles: { baseline: 'blue', candidate: 'green' },
      warnings: [],
    });
  });

  test('may lose an answer or two: one lost packet says nothing about a program', async () => {
    let asked = 0;
    const flaky = fitService({
      router: {
        ...fitService().router,
        readWeights: () => {
          asked += 1;
          return asked < 3
            ? Promise.reject(unavailable('hung up'))
            : fitService().router.readWeights(fitService().route);
        },
      },
    });
    expect(await look(flaky)).toMatchObject({ fit: true });
    expect(asked).toBe(3);
  });
});

describe('the tier of the installation', () => {
  const refusalIn = async (tier: InstalledTier, asks?: PreflightInput['asks']): Promise<readonly string[]> => {
    const analysis = { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.05 }] } as const;
    const plan = preflightPlanOf({ ...somePlan(), analysis: { ...somePlan().analysis, ...analysis } });
    const input = { plan, ...(asks === undefined ? {} : { asks }) };
    const ports = { ...portsOf(fitService()), tier };
    const look = (): Promise<PreflightReport> => new MockActivityEnvironment().run(() => preflight(ports, input));
    const report = await look();
    return report.fit ? [`fit in ${report.tier ?? 'any tier'}`] : report.problems.map(({ subject }) => subject);
  };

  test('has the last word on what a rollout asks of it, strategy and checks; an undo asks nothing [W41]', async () => {
    const asks = { strategy: 'canary', policy: false } as const;
    const enhanced = { tier: 'professional', tiers: { ...STRATEGIES_OF_TIER, professional: ['canary'] } } as const;
    expect(await refusalIn(DEFAULT_TIER, asks)).toEqual(['fit in enterprise']);
    expect(await refusalIn({ ...DEFAULT_TIER, tier: 'professional' }, asks)).toEqual(['tier']);
    expect(await refusalIn(enhanced, asks)).toEqual(['tier']);
    expect(await refusalIn(enhanced)).toEqual(['fit in professional']);
  });
});

describe('where weights cannot be had', () => {
  test('a service that nobody configured is named beside those that are there', async () => {
    expect(await problemsOf(fitService(), somePlan({ service: 'checkuot' }))).toEqual([
      {
        subject: 'service',
        message: 'No service is named "checkuot"',
        expected: 'one of checkout',
        remedy: expect.stringContaining('headgate.yaml') as string,
      },
    ]);
  });

  test('a router that does not answer is named with its reason and where its address stands [C-03]', async () => {
    const router = { ...fitService().router, readWeights: () => Promise.reject(unavailable('ECONNREFUSED 127.0.0.1')) };
    expect(await problemsOf(fitService({ router }))).toEqual([
      {
        subject: 'router',
        message: expect.stringContaining('ECONNREFUSED') as string,
        expected: 'a router that answers',
        remedy: expect.stringContaining('routers: in headgate.yaml') as string,
      },
    ]);
  });

  test('one instance of several that cannot be read blocks, by name [C-03]', async () => {
    const router = routerDoing(
      { instance: 'gateway-1', weights: ALL_BLUE, fence: 0 },
      { instance: 'gateway-2', unreachable: 'ECONNREFUSED' },
    );
    expect(await problemsOf(fitService({ router }))).toEqual([
      {
        subject: 'router',
        message: 'gateway-2 cannot be read: ECONNREFUSED',
        expected: 'every configured instance of the router reachable',
        remedy: expect.stringMatching(/Start it/) as string,
      },
    ]);
  });

  test('instances that disagree are all quoted, and adopting is offered [C-10]', async () => {
    const router = routerDoing(
      { instance: 'gateway-1', weights: ALL_BLUE, fence: 0 },
      { instance: 'gateway-2', weights: [{ backend: 'green', percent: 100 }], fence: 0 },
    );
    const [problem, ...others] = await problemsOf(fitService({ router }));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      subject: 'weights',
      message: expect.stringMatching(/disagree.*blue 100 %.*green 100 %/) as string,
    });
    expect(problem?.remedy).toMatch(/--adopt blue or --adopt green/);
  });
});

describe('the splits of the plan', () => {
  test('are shown to the router before anything moves, the way back included; what speaks against them is refused [W36]', async () => {
    const asked: unknown[] = [];
    const obstacle = {
      message: 'the route checkout has no use_hash_policy: users would change sides',
      expected: 'use_hash_policy: true',
      remedy: 'Add it beside the clusters',
      forbidsEveryWrite: false,
    };
    const router: ServicePorts['router'] = {
      ...fitService().router,
      whyNotSplittable: (route, splits) => {
        asked.push({ route: route.service, splits });
        return Promise.resolve([obstacle]);
      },
    };
    const { message, expected, remedy } = obstacle;
    expect(await problemsOf(fitService({ router }))).toEqual([{ subject: 'router', message, expected, remedy }]);
    const split = (green: number) => [
      { backend: 'green', percent: green },
      { backend: 'blue', percent: 100 - green },
    ];
    expect(asked).toEqual([{ route: 'checkout', splits: [split(25), split(100), split(0)] }]);
  });

  test('are not asked about twice where the router cannot be asked [W36]', async () => {
    const router = { ...fitService().router, whyNotSplittable: () => Promise.reject(unavailable('hung up')) };
    expect(await look(fitService({ router }))).toMatchObject({ fit: true });
  });
});

describe('a candidate', () => {
  test('that answers 503 is named with what was asked of it', async () => {
    const probe: ServicePorts['probe'] = {
      probe: (target, endpoint, timeoutMs) =>
        endpoint === '/health'
          ? Promise.resolve({ healthy: false, latencyMs: 1, reason: 'answered 503: not well' })
          : fitService().probe.probe(target, endpoint, timeoutMs),
    };
    expect(await problemsOf(fitService({ probe }))).toEqual([
      {
        subject: 'candidate',
        message: 'green is not healthy: GET http://green.test/health answered 503: not well',
        expected: 'an answer with status 2xx',
        remedy: expect.stringMatching(/on green/) as string,
      },
    ]);
  });

  const reporting = (body: string): ServicePorts['probe'] => ({
    probe: () => Promise.resolve({ healthy: true, latencyMs: 1, body }),
  });

  test('that reports another version is not what the plan names [C-15]', async () => {
    expect(await problemsOf(fitService({ probe: reporting('{"version":"v1"}') }))).toEqual([
      {
        subject: 'version',
        message: 'green at http://green.test/version reports v1',
        expected: 'version v2',
        remedy: expect.stringContaining('Deploy v2 to green first') as string,
      },
    ]);
  });

  test.each([
    ['has no such field', '{"build":"v2"}', 'its answer has no text or number "version"'],
    ['says something that is not JSON', 'v2', 'it answers something that is not a JSON object: v2'],
  ])('that %s may hold any version: a warning, or a refusal where that is configured [C-15]', async (_, body, why) => {
    const message = `whether green holds v2 is not known: GET http://green.test/version: ${why}`;
    expect(await warningsOf(fitService({ probe: reporting(body) }))).toEqual([message]);
    expect(await problemsOf(fitService({ probe: reporting(body), unverifiedVersion: 'refuse' }))).toEqual([
      {
        subject: 'version',
        message,
        expected: 'version v2',
        remedy: expect.stringContaining('health.version') as string,
      },
    ]);
  });

  test('that has one url with the baseline cannot be told from it [C-15]', async () => {
    const urls = { blue: 'http://shop.test', green: 'http://shop.test' };
    expect(await warningsOf(fitService({ urls }))).toEqual([
      'whether green holds v2 is not known: green and blue have one url, so nobody can tell which of them answers',
    ]);
  });

  test('whose version nobody can ask for: the version is only a label, with a warning', async () => {
    expect(await warningsOf(without(fitService(), 'version'))).toEqual([
      'version v2 is only a label: health.version is not configured for checkout',
    ]);
  });

  test('that nothing is known of must still be up: users are no probes', async () => {
    const unknown = without(without(fitService(), 'health'), 'version');
    const answering = (result: Partial<ProbeResult>): ServicePorts['probe'] => ({
      probe: () => Promise.resolve({ healthy: false, latencyMs: 1, reason: 'answered 404', ...result } as ProbeResult),
    });
    expect(await problemsOf({ ...unknown, probe: answering({}) })).toEqual([]);
    expect(await problemsOf({ ...unknown, probe: answering({ reason: 'connect ECONNREFUSED', up: false }) })).toEqual([
      {
        subject: 'candidate',
        message: 'green is not up: GET http://green.test/ connect ECONNREFUSED',
        expected: 'a server that answers, whatever it says',
        remedy: expect.stringMatching(/on green/) as string,
      },
    ]);
  });

  test('without a url cannot be probed, with a warning', async () => {
    expect(await warningsOf(fitService({ urls: { blue: 'http://blue.test' } }))).toEqual([
      'version v2 is only a label: green has no url in headgate.yaml',
      'green has no url in headgate.yaml: it cannot be probed',
    ]);
  });
});

describe('metrics', () => {
  const queried = somePlan({
    analysis: { checks: [{ kind: 'custom', name: 'queueDepth', query: 'depth{backend="{{backend}}"}', max: 10 }] },
  });

  test('that are away are a problem, not a silence [C-14]', async () => {
    const away = () => Promise.reject(new AdapterUnavailableError('metrics "prometheus"', 'no answer within 1000 ms'));
    const problems = await problemsOf(fitService({ metrics: { samples: away, scalar: away } }), queried);
    expect(problems.map(({ subject }) => subject)).toEqual(['metrics', 'metrics']);
    expect(problems[0]?.message).toBe('traffic counts cannot be had: metrics "prometheus": no answer within 1000 ms');
    expect(problems[1]?.message).toMatch(/^"queueDepth" cannot be had/);
    expect(problems[0]?.remedy).toMatch(/metrics: in headgate.yaml/);
  });

  test.each([
    ['nothing', 'no-data' as const],
    ['NaN', NaN],
    ['Infinity', Infinity],
  ])('whose query returns %s are a problem that quotes the query', async (got, value) => {
    const asked: string[] = [];
    const metrics: ServicePorts['metrics'] = {
      ...fitService().metrics,
      scalar: ({ query }) => {
        asked.push(query);
        return Promise.resolve(value);
      },
    };
    expect(await problemsOf(fitService({ metrics }), queried)).toEqual([
      {
        subject: 'metrics',
        message: `"queueDepth" returns ${got} for blue: depth{backend="{{backend}}"}`,
        expected: 'one finite number',
        remedy: 'Run the query by hand and correct it in the specification',
      },
    ]);
    expect(asked).toEqual(['depth{backend="blue"}']);
  });

  test.each([
    ['counts of zero', [someTraffic(0)]],
    ['no data', ['no-data' as const]],
  ])('without traffic on the baseline (%s) are a warning', async (_, samples) => {
    const metrics = { ...fitService().metrics, samples: () => Promise.resolve(samples) };
    expect(await warningsOf(fitService({ metrics }))).toEqual([
      'blue had no traffic in the last 60 s: stages will wait for requests',
    ]);
  });
});

describe('all at once', () => {
  test('several problems are all listed', async () => {
    const service = fitService({
      probe: { probe: () => Promise.resolve({ healthy: false, latencyMs: 1, reason: 'connect ECONNREFUSED' }) },
      metrics: {
        samples: () => Promise.reject(new AdapterUnavailableError('metrics', 'gone')),
        scalar: () => Promise.resolve('no-data'),
      },
    });
    const plan = somePlan({ analysis: { checks: [{ kind: 'custom', name: 'depth', query: 'd', max: 1 }] } });
    const problems = await problemsOf(service, plan);
    // A version that nobody can ask for is not another one.
    expect(problems.map(({ subject }) => subject).sort()).toEqual(['candidate', 'metrics', 'metrics']);
  });

  test('a plan without checks is told that probes alone guard it [C-01]', async () => {
    expect(await warningsOf(fitService(), somePlan({ analysis: { checks: [] } }))).toEqual([
      'no checks: only health probes guard this rollout',
    ]);
  });

  test('a plan with neither checks nor probes is told that nothing guards it [C-01]', async () => {
    const [warning] = await warningsOf(without(fitService(), 'health'), somePlan({ analysis: { checks: [] } }));
    expect(warning).toMatch(/nothing guards this rollout/);
  });
});

describe('what a metric source can tell', () => {
  const metrics = (change: Partial<ServicePorts['metrics']>): ServicePorts =>
    fitService({ metrics: { ...fitService().metrics, ...change } });
  const latencies = somePlan({ analysis: { checks: [{ kind: 'sequential', metric: 'latencyP99', max: 300 }] } });

  test.each<readonly [string, Partial<ServicePorts['metrics']>]>([
    ['says that it counts none', { countsLatencies: false, samples: () => Promise.resolve(['no-data']) }],
    ['has traffic without any', {}],
  ])('latencies are missing where it %s, and a check that asks for them is refused', async (_, change) => {
    expect(await problemsOf(metrics(change), latencies)).toMatchObject([
      { subject: 'metrics', expected: 'a latency histogram' },
    ]);
  });

  test('a bound between two buckets is warned of, with the nearest edge', async () => {
    const latencyHistogram = [250, 500, null].map((leMs) => ({ leMs, count: 100 }));
    const timed = metrics({ samples: () => Promise.resolve([{ ...someTraffic(100), latencyHistogram }]) });
    expect(await warningsOf(timed, latencies)).toEqual([expect.stringContaining('nearest edge is 250ms')]);
  });

  test('an interval under twice as long as it looks is warned of [C-14]', async () => {
    const looking = (everyMs: number) => metrics({ resolutionMs: () => Promise.resolve(everyMs) });
    expect(await warningsOf(looking(15_000))).toEqual([
      expect.stringMatching(/looks every 15 s.*make it 30 s or more/),
    ]);
    expect(await warningsOf(looking(5000))).toEqual([]);
  });

  test('what it does not count is warned of', async () => {
    const blind = metrics({ caveats: () => Promise.resolve(['the first scrape is left out']) });
    expect(await warningsOf(blind)).toEqual(['the first scrape is left out']);
  });
});
