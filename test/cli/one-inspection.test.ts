import { preflightPlanOf } from '../../src/domain/staged-traffic/guard-plan-of.js';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PreflightReport } from '../../src/activities/contracts.js';
import { preflight } from '../../src/activities/preflight.js';
import { loadConfig } from '../../src/config/load-config.js';
import { AdapterUnavailableError, HeadgateError } from '../../src/domain/errors.js';
import type { Weights } from '../../src/domain/traffic/weights.js';
import type { ServicePorts } from '../../src/ports/service.js';
import type { InstanceWeights, TrafficRouter } from '../../src/ports/traffic-router.js';
import { ALL_BLUE, fitService, portsOf, somePlan, without } from '../activities/support/fabricated.js';
import { parseDocument } from './support/document-schemas.js';
import { runCli } from './support/surroundings.js';

// A start, `validate --online` and `doctor` look at a service in one way.

const SPEC = `apiVersion: headgate/v1
kind: Canary
service: checkout
version: v2
stages: [{ traffic: 25%, duration: 1m }, { traffic: 100%, duration: 1m }]
monitoringInterval: 10s
checks: [{ metric: errorRate, max: 5% }, { name: depth, query: d, max: 10 }]
`;
const PLAN = somePlan({
  analysis: {
    checks: [
      { kind: 'threshold', metric: 'errorRate', max: 0.05, minRequests: 10 },
      { kind: 'custom', name: 'depth', query: 'd', max: 10 },
    ],
  },
});
// Nobody listens on this port.
const CONFIG = `routers: { gateway: { kind: gateway, instances: ['http://127.0.0.1:1'] } }
metrics: { gateway: { kind: gateway, instances: ['http://127.0.0.1:1'] } }
services: { checkout: { backends: { blue: { url: 'http://blue.test' }, green: { url: 'http://green.test' } } } }
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-inspection-'));
  await writeFile(join(folder, 'canary.yaml'), SPEC);
  await writeFile(join(folder, 'headgate.yaml'), CONFIG);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function headgate(service: ServicePorts, env: Readonly<Record<string, string>>, ...words: readonly string[]) {
  const config = loadConfig({ env, cwd: 'HEADGATE_CONFIG' in env ? folder : tmpdir() });
  return runCli(words, {
    cwd: folder,
    session: {
      config: () => Promise.resolve(config),
      ports: () => Promise.resolve(portsOf(service)),
      client: () => Promise.reject(new HeadgateError('SERVER_UNREACHABLE', 'there is no Temporal')),
    },
  });
}

const start = async (service: ServicePorts): Promise<readonly string[]> => {
  const look = (): Promise<PreflightReport> => preflight(portsOf(service), { plan: preflightPlanOf(PLAN) });
  const report: PreflightReport = await new MockActivityEnvironment().run(look);
  return report.fit ? [] : report.problems.map(({ message }) => message);
};

async function validate(service: ServicePorts) {
  const { code, stdout } = await headgate(service, {}, 'validate', 'canary.yaml', '--online', '-o', 'json');
  const document = parseDocument(stdout) as unknown as {
    files: readonly { problems: readonly { rule: string; message: string }[]; advice: readonly string[] }[];
  };
  const { problems = [], advice = [] } = document.files[0] ?? {};
  return {
    code,
    rules: problems.map(({ rule }) => rule),
    said: [...problems.map(({ message }) => message), ...advice],
  };
}

const doctor = (service: ServicePorts) =>
  headgate(service, { HEADGATE_CONFIG: join(folder, 'headgate.yaml') }, 'doctor');

const routed = (change: Partial<TrafficRouter>): ServicePorts =>
  fitService({ router: { ...fitService().router, ...change } });
const doing = (...instances: readonly InstanceWeights[]): ServicePorts =>
  routed({ readWeights: () => Promise.resolve(instances) });
const ALL_GREEN: Weights = [{ backend: 'green', percent: 100 }];

const unreadable = doing({ instance: 'a', unreachable: 'ECONNREFUSED' }, { instance: 'b', unreachable: 'ETIMEDOUT' });
const forgetful = doing({ instance: 'a', weights: ALL_BLUE, fence: 0, fleeting: 'its file cannot be written' });
const away = () => Promise.reject(new AdapterUnavailableError('metrics', 'gone'));
const answering = (answer: Awaited<ReturnType<ServicePorts['probe']['probe']>>): ServicePorts['probe'] => ({
  probe: () => Promise.resolve(answer),
});

describe('what a start is refused for', () => {
  test.each<readonly [string, ServicePorts, readonly string[]]>([
    ['two instances that cannot be read', unreadable, ['online.router', 'online.router']],
    ['weights that would not outlive a restart', forgetful, ['online.router']],
    [
      'instances that disagree',
      doing({ instance: 'a', weights: ALL_BLUE, fence: 0 }, { instance: 'b', weights: ALL_GREEN, fence: 0 }),
      ['online.weights'],
    ],
    [
      'a way back that could not be written',
      routed({
        whyNotSplittable: (_, splits) =>
          Promise.resolve(
            splits.some((split) => split.some(({ backend, percent }) => backend === 'green' && percent === 0))
              ? [{ message: 'there is no way back', expected: 'one', remedy: 'Make one', forbidsEveryWrite: false }]
              : [],
          ),
      }),
      ['online.split'],
    ],
    [
      'metrics that are away',
      fitService({ metrics: { samples: away, scalar: away } }),
      ['online.metrics', 'online.query'],
    ],
    [
      'a query without an answer',
      fitService({ metrics: { ...fitService().metrics, scalar: () => Promise.resolve('no-data') } }),
      ['online.query'],
    ],
  ])('validate --online refuses in the same words: %s', async (_, service, rules) => {
    const refused = await start(service);
    expect(await validate(service)).toMatchObject({
      code: 2,
      rules,
      said: expect.arrayContaining([...refused]) as string[],
    });
    expect(refused).toHaveLength(rules.length);
  });

  test.each<readonly [string, ServicePorts]>([
    ['is not healthy', fitService({ probe: answering({ healthy: false, latencyMs: 1, reason: 'answered 503' }) })],
    [
      'is not up',
      {
        ...without(without(fitService(), 'health'), 'version'),
        probe: answering({ healthy: false, latencyMs: 1, reason: 'connect ECONNREFUSED', up: false }),
      },
    ],
  ])('validate --online advises of a candidate that %s: it may be deployed before the start', async (_, service) => {
    const [refused = 'nothing'] = await start(service);
    const { code, said } = await validate(service);
    expect({ code, said }).toEqual({
      code: 0,
      said: expect.arrayContaining([expect.stringContaining(refused)]) as unknown,
    });
  });

  test.each<readonly [string, ServicePorts]>([
    ['cannot be read', unreadable],
    ['would forget its weights', forgetful],
  ])('doctor says of a router that %s, in the same words', async (_, service) => {
    const refused = await start(service);
    const { code, stdout } = await doctor(service);
    expect(code).toBe(6);
    expect(stdout).toContain(`✖ router of checkout: ${refused.join('; ')}\n`);
  });
});

test('traffic that is missing keeps nobody from starting, and validate --online says so too', async () => {
  const samples = () => Promise.resolve([{ requests: 0, errors: 0 }]);
  const silent = fitService({ metrics: { ...fitService().metrics, samples } });
  expect(await start(silent)).toEqual([]);
  const { code, said } = await validate(silent);
  expect({ code, said }).toMatchObject({
    code: 0,
    said: expect.arrayContaining(['blue had no traffic in the last 60 s: stages will wait for requests']) as string[],
  });
});
