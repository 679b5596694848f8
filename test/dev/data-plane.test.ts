import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askWhoAnswers } from '../../src/adapters/gateway/who-answers.js';
import { exitOfError } from '../../src/cli/exit-of-error.js';
import { loadConfig } from '../../src/config/load-config.js';
import { startDataPlane, type DataPlane } from '../../src/dev/data-plane.js';
import { childEnv } from '../../src/dev/environment.js';
import { freePort } from '../../src/dev/free-port.js';
import { startGatewayProcess } from '../../src/dev/gateway/gateway-process.js';
import { Releasers } from '../../src/dev/releasers.js';
import { serverFlags } from '../../src/dev/temporal-server.js';
import { startGateway } from '../../src/gateway/gateway.js';
import { startStranger, STRANGERS, type StrangerKind } from '../helpers/strangers.js';

let directory = '';
let releasers = new Releasers();
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-plane-'));
  releasers = new Releasers();
});
afterEach(async () => {
  await releasers.releaseAll();
  await rm(directory, { recursive: true, force: true });
});

function configured(adminUrl: string, said: string[] = [], folder = directory, trafficPort = 0): Promise<DataPlane> {
  return started(
    `routers: { gateway: { kind: gateway, instances: ['${adminUrl}'] } }
metrics: { gateway: { kind: gateway, instances: ['${adminUrl}'] } }
services:
  shop:
    backends: { blue: { url: 'http://127.0.0.1:9001' }, green: { url: 'http://127.0.0.1:9002' } }
`,
    said,
    folder,
    trafficPort,
  );
}

async function started(yaml: string, said: string[] = [], folder = directory, trafficPort = 0): Promise<DataPlane> {
  const file = join(folder, 'headgate.yaml');
  await writeFile(file, yaml);
  const config = loadConfig({ env: {}, cwd: folder, file });
  return startDataPlane(
    {
      services: { kind: 'configured', config, configFile: file, trafficPort },
      directory: folder,
      persistent: false,
      say: (line) => said.push(line),
    },
    releasers,
  );
}

test('a gateway is started where headgate.yaml expects one, with a route for each of its services', async () => {
  const adminUrl = `http://127.0.0.1:${String(await freePort())}`;
  const { gateways, isOurs } = await configured(adminUrl);
  expect(gateways.map((gateway) => gateway.adminUrl)).toEqual([adminUrl]);
  expect(isOurs).toBe(false);
  const { body } = await request(`${adminUrl}/routes`);
  expect(await body.json()).toMatchObject({
    routes: [{ name: 'shop', weights: [{ backend: 'blue', percent: 100 }] }],
  });
});

test('a remote gateway is left alone', async () => {
  expect((await configured('http://gateway.internal:8081')).gateways).toEqual([]);
});

describe('where a gateway is expected and somebody is', () => {
  test('the gateway of an earlier run of this folder is taken over with its weights [W3]', async () => {
    const adminUrl = `http://127.0.0.1:${String(await freePort())}`;
    const [first] = (await configured(adminUrl)).gateways;
    const weights = [
      { backend: 'green', percent: 30 },
      { backend: 'blue', percent: 70 },
    ];
    await request(`${adminUrl}/routes/shop/weights`, { method: 'PUT', body: JSON.stringify({ weights }) });
    const said: string[] = [];
    const [second] = (await configured(adminUrl, said)).gateways;
    expect(second).toMatchObject({ trafficUrl: first?.trafficUrl, adminUrl });
    expect(await second?.readWeights('shop')).toEqual(weights);
    expect(said).toEqual([expect.stringContaining('taken over as it is')]);
  });

  test('the gateway of another folder is refused, and named [W4]', async () => {
    const adminUrl = `http://127.0.0.1:${String(await freePort())}`;
    await configured(adminUrl);
    const other = await mkdtemp(join(tmpdir(), 'headgate-other-'));
    await expect(configured(adminUrl, [], other)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      got: expect.stringMatching(
        `the gateway of ${await realpath(directory)}/headgate.yaml \\(process \\d+\\)`,
      ) as string,
    });
    await rm(other, { recursive: true, force: true });
  });

  test('a gateway that belongs to no project is refused [W4]', async () => {
    const gateway = await startGateway();
    await expect(configured(gateway.adminUrl)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      got: expect.stringContaining('a gateway that belongs to no project') as string,
    });
    await gateway.close();
  });

  test.each(Object.keys(STRANGERS) as StrangerKind[])('a program is refused that %s [W4]', async (kind) => {
    const stranger = await startStranger(kind);
    try {
      const refused = configured(stranger.url);
      await expect(refused).rejects.toThrow(
        `${stranger.url} is in use, where ${await realpath(directory)}/headgate.yaml`,
      );
      await expect(refused).rejects.toMatchObject({
        code: 'PORT_IN_USE',
        remedy: expect.stringContaining('port') as string,
      });
      expect(exitOfError(await refused.catch((error: unknown) => error))).toBe('conflict');
    } finally {
      await stranger.stop();
    }
  });

  test('nothing is started when one of several is refused [W4]', async () => {
    const stranger = await startStranger('accepts connections and says nothing');
    const free = `http://127.0.0.1:${String(await freePort())}`;
    await expect(configured(`${free}', '${stranger.url}`)).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    expect(await askWhoAnswers(free, 1000)).toEqual({ kind: 'nobody' });
    await stranger.stop();
  });
});

test('a gateway that cannot have a port names it, so that nobody has to find it in a sentence [U-04]', async () => {
  const stranger = await startStranger('accepts connections and says nothing');
  const adminPort = Number(new URL(stranger.url).port);
  const owner = { directory, config: join(directory, 'headgate.yaml') };
  await expect(startGatewayProcess({ gateway: { owner, adminPort }, env: process.env })).rejects.toMatchObject({
    code: 'EADDRINUSE',
    port: adminPort,
  });
  await stranger.stop();
});

test('two routers of one gateway share it, and so do two names of one address [W4]', async () => {
  const port = await freePort();
  const urls = [`http://127.0.0.1:${String(port)}`, `http://localhost:${String(port)}`];
  const routers = urls.map((url, index) => `r${String(index)}: { kind: gateway, instances: ['${url}'] }`).join(', ');
  const service = (name: string, router: string): string =>
    `  ${name}: { router: ${router}, metrics: r0, backends: { blue: { url: 'http://127.0.0.1:9001' }, green: { url: 'http://127.0.0.1:9002' } } }\n`;
  const { gateways } = await started(
    `routers: { ${routers} }\nmetrics: { ${routers} }\nservices:\n${service('shop', 'r0')}${service('search', 'r1')}`,
  );
  expect(gateways).toHaveLength(1);
  const { body } = await request(`${urls[0] ?? ''}/routes`);
  expect(await body.json()).toMatchObject({ routes: [{ name: 'shop' }, { name: 'search' }] });
});

test("a users' port that somebody has is not taken silently [W4]", async () => {
  const stranger = await startStranger('serves a folder, as python3 -m http.server does');
  const said: string[] = [];
  const adminUrl = `http://127.0.0.1:${String(await freePort())}`;
  const { gateways } = await configured(adminUrl, said, directory, stranger.port);
  expect(said).toEqual([
    `port ${String(stranger.port)} is in use by an HTTP server (SimpleHTTP/0.6 Python/3.11.2) that answers /healthz with 404: the gateway takes ${new URL(gateways[0]?.trafficUrl ?? '').port}`,
  ]);
  await stranger.stop();
});

test('services without a configuration get one that a worker can read', async () => {
  const { configFile, gateways, isOurs } = await startDataPlane(
    {
      services: {
        kind: 'own',
        services: [
          {
            name: 'checkout',
            backends: { blue: 'http://127.0.0.1:9001', green: 'http://127.0.0.1:9002' },
            version: { path: '/version', field: 'version' },
          },
        ],
        trafficPort: 0,
        adminPort: 0,
      },
      directory,
      persistent: true,
      say: () => undefined,
    },
    releasers,
  );
  expect(isOurs).toBe(true);
  const config = loadConfig({ env: {}, cwd: directory, file: configFile });
  expect(config.routers['gateway']?.instances).toEqual([gateways[0]?.adminUrl]);
  expect(config.services['checkout']?.health?.version).toEqual({ path: '/version', field: 'version' });
  expect(await readFile(configFile, 'utf8')).not.toContain('&');
});

test('a development worker sees its own Temporal and no other', () => {
  const env = childEnv(
    { PATH: '/bin', TEMPORAL_ADDRESS: 'prod:7233', TEMPORAL_API_KEY: 'secret', TEMPORAL_TLS: 'true' },
    { address: '127.0.0.1:7233', namespace: 'default' },
    '/tmp/empty.toml',
  );
  expect(env).toEqual({
    PATH: '/bin',
    TEMPORAL_ADDRESS: '127.0.0.1:7233',
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_CONFIG_FILE: '/tmp/empty.toml',
    HEADGATE_WORKER_VERSIONING: 'false',
  });
});

test('the development server is told every search attribute with its type', () => {
  const flags = serverFlags();
  expect(flags).toContain('HeadgateService=Keyword');
  expect(flags).toContain('HeadgateStage=Int');
  expect(flags).toContain('HeadgateTrafficPercent=Double');
  expect(flags).toContain('HeadgateNeedsHuman=Bool');
});
