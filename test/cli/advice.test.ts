import { preflightPlanOf } from '../../src/domain/staged-traffic/guard-plan-of.js';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEnvoyRouter } from '../../src/adapters/routers/envoy/router.js';
import { createGatewayRouter } from '../../src/adapters/routers/gateway.js';
import { createHaproxyRouter } from '../../src/adapters/routers/haproxy/router.js';
import { loadConfig } from '../../src/config/load-config.js';
import { preflight } from '../../src/activities/preflight.js';
import { startGateway } from '../../src/gateway/gateway.js';
import type { Route, TrafficRouter } from '../../src/ports/traffic-router.js';
import { fitService, portsOf } from '../activities/support/fabricated.js';
import { startEnvoyPlane } from '../adapters/envoy/envoy-plane.js';
import { startHaproxy, type Haproxy } from '../adapters/haproxy/haproxy-process.js';
import { HAPROXY } from '../adapters/haproxy/haproxy-server.js';
import { startBackends, type Slot, type TestBackend } from '../contract/support/backends.js';
import { until } from '../contract/support/eventually.js';
import { describeOnEnvoy } from '../helpers/envoy-server.js';
import { describeOn } from '../helpers/real-servers.js';
import { runCli, type Ran } from './support/surroundings.js';

// People do what our commands tell them to, also where a service is not what they thought.

const SPEC = `apiVersion: headgate/v1
kind: Canary
service: checkout
version: 2.7.0
stages: [{ traffic: 5%, duration: 10m }, { traffic: 100% }]
checks: [{ metric: errorRate, max: 1% }]
`;
const REQUESTS = 400;

let folder: string;
let backends: Readonly<Record<Slot, TestBackend>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-advice-'));
  await writeFile(join(folder, 'canary.yaml'), SPEC);
  backends = await startBackends();
});

afterAll(async () => {
  await Promise.all([backends.blue.stop(), backends.green.stop()]);
  await rm(folder, { recursive: true, force: true });
});

const run = (router: TrafficRouter, route: Route, argv: readonly string[]): Promise<Ran> => {
  const ports = portsOf(fitService({ router, route }));
  const session = {
    config: () => Promise.resolve(loadConfig({ env: {}, cwd: folder })),
    ports: () => Promise.resolve(ports),
    journal: () => Promise.resolve(ports.journal),
  };
  return runCli(argv, { cwd: folder, session });
};

/** The commands that a text tells to type, with what a person fills in. */
const commandsIn = (text: string): string[][] =>
  [...text.matchAll(/headgate ((?:break-glass|init)[^\n,;.]*)/g)].map(([, words = '']) => {
    const typed = words.trim().split(/\s+/);
    if (typed[0] === 'init') return typed.slice(0, 3);
    return ['break-glass', 'set-weights', 'checkout', 'blue=100', '-y', '--reason', 'as told'];
  });

/** Does all that validate, the preflight and break-glass say, and what those commands say then. */
async function followAdvice(router: TrafficRouter, route: Route): Promise<readonly Ran[]> {
  const validated = await run(router, route, ['validate', 'canary.yaml', '--online']);
  const ports = portsOf(fitService({ router, route }));
  const checked = await new MockActivityEnvironment().run(() => preflight(ports, { plan: preflightPlanOf(PLAN) }));
  const refused = await run(router, route, BREAK_GLASS);
  const said = [validated.stdout, validated.stderr, JSON.stringify(checked), refused.stdout, refused.stderr].join('\n');
  const followed: Ran[] = [];
  for (const argv of commandsIn(said)) followed.push(await run(router, route, argv));
  return [validated, refused, ...followed];
}

const BREAK_GLASS = ['break-glass', 'set-weights', 'checkout', 'blue=100', '-y', '--reason', 'it burns'];

const PLAN = {
  service: 'checkout',
  name: 'checkout',
  stages: [
    { trafficPercent: 5, durationMs: 1000 },
    { trafficPercent: 100, durationMs: 1000 },
  ],
  analysis: { checks: [] },
  monitoringIntervalMs: 500,
  autoProgression: true,
  onUnknown: { action: 'hold', deadlineMs: 60_000 },
  onDrift: 'hold',
  rollbackWindowMs: 0,
} as const;

/** Some at a time: what a site does under a flood is not asked here. */
const AT_ONCE = 20;

const answersOf = async (url: string, host: string): Promise<readonly number[]> => {
  const answers: number[] = [];
  while (answers.length < REQUESTS) {
    const some = Array.from({ length: AT_ONCE }, async () => {
      const { statusCode, body } = await request(url, { headers: { host } });
      await body.dump();
      return statusCode;
    });
    answers.push(...(await Promise.all(some)));
  }
  return answers;
};

describeOn(HAPROXY, 'a site behind an HAProxy whose map leads from hosts to backends', (executable) => {
  let haproxy: Haproxy;
  const HOST = 'shop.example.com';
  const MAP = `# who serves what\n${HOST} blue\napi.example.com green\n`;

  beforeAll(async () => {
    haproxy = await startHaproxy(executable, {
      backends: { blue: backends.blue.url, green: backends.green.url },
      map: MAP,
      config: (text) =>
        // A host that the map does not know is served by nobody.
        text.replace(
          / {2}http-request set-var[^]*?use_backend %\[var\(txn\.rest\)\]\n[^]*?default_backend blue\n/,
          '  use_backend %[req.hdr(host),map(share.map)]\n',
        ),
    });
  });

  afterAll(() => haproxy.stop());

  test('serves all of 400 requests after everything that we advise was done [W37]', async () => {
    const route = { service: HOST, targets: { blue: 'blue', green: 'green' } };
    const router = createHaproxyRouter({
      map: 'share.map',
      instances: [{ socket: haproxy.socket, mapFile: haproxy.mapFile }],
      timeoutMs: 20_000,
    });
    expect(new Set(await answersOf(haproxy.trafficUrl, HOST))).toEqual(new Set([200]));
    const before = await haproxy.ask('show map share.map');

    const ran = await followAdvice(router, route);
    expect(ran[0]).toMatchObject({ code: 2, stdout: expect.stringContaining('is no split: "blue"') as string });
    expect(ran[1]).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Nothing was written.*is no split: "blue"/) as string,
    });
    expect(ran.map(({ code }) => code).filter((code) => code === 6)).toEqual([]);
    await expect(router.setWeights(route, [{ backend: 'blue', percent: 100 }], { fence: 8 })).rejects.toMatchObject({
      got: expect.stringContaining('is no split: "blue"') as string,
    });

    expect(await answersOf(haproxy.trafficUrl, HOST)).toEqual(Array.from({ length: REQUESTS }, () => 200));
    expect(await haproxy.ask('show map share.map')).toBe(before);
    expect(await readFile(haproxy.mapFile, 'utf8')).toBe(MAP);
  });
});

await describeOnEnvoy('a site behind an Envoy whose route is no split', (executable) => {
  test('serves all of 400 requests after everything that we advise was done [W37]', async () => {
    const setup = { backends: { blue: backends.blue.url, green: backends.green.url }, instances: 1 };
    const plane = await startEnvoyPlane(setup, { executable, sticky: { header: 'x-user' } });
    try {
      const [file = ''] = plane.routeFiles;
      const plain = (await readFile(file, 'utf8')).replace(
        / {14}weighted_clusters:[^]*$/,
        '              cluster: shop-blue\n',
      );
      await writeFile(`${file}.mine`, plain);
      await rename(`${file}.mine`, file);
      const router = createEnvoyRouter({
        instances: [{ admin: plane.adminUrls[0] ?? '', routes: file }],
        timeoutMs: 5000,
      });
      await until('the Envoy to serve the route', async () =>
        router.readWeights(plane.route).then(
          () => false,
          (error: unknown) => String((error as { got?: string }).got).includes('elsewhere than to weighted_clusters'),
        ),
      );
      const ran = await followAdvice(router, plane.route);
      expect(ran.map(({ code }) => code).slice(0, 2)).toEqual([2, 2]);
      expect(ran[1]?.stderr).toMatch(/Nothing was written.*has no weighted_clusters/);
      expect(await answersOf(plane.trafficUrls[0] ?? '', 'any')).toEqual(Array.from({ length: REQUESTS }, () => 200));
      expect(await readFile(file, 'utf8')).toBe(plain);
    } finally {
      await plane.stop();
    }
  });
});

test('a gateway without the backend keeps its weights when everything that we advise was done [W37]', async () => {
  const gateway = await startGateway({ routes: [{ name: 'checkout', backends: { web: { url: backends.blue.url } } }] });
  try {
    const route = { service: 'checkout', targets: { blue: 'web', green: 'verde' } };
    const router = createGatewayRouter({ instances: [gateway.adminUrl], timeoutMs: 20_000 });
    const ran = await followAdvice(router, route);
    expect(ran.map(({ code }) => code).slice(0, 2)).toEqual([2, 2]);
    expect(ran[0]?.stdout).toContain('has no backend verde');
    expect(ran[1]?.stderr).toMatch(/Nothing was written.*has no backend verde/);
    expect(await answersOf(gateway.trafficUrl, 'any')).toEqual(Array.from({ length: REQUESTS }, () => 200));
  } finally {
    await gateway.close();
  }
});
