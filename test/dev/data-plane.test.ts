import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { childEnv } from '../../src/dev/child-env.js';
import { startDataPlane, type DataPlane } from '../../src/dev/data-plane.js';
import { freePort } from '../../src/dev/free-port.js';
import { Releasers } from '../../src/dev/releasers.js';
import { searchAttributeFlags } from '../../src/dev/search-attribute-flags.js';

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

async function configured(adminUrl: string, said: string[] = []): Promise<DataPlane> {
  const file = join(directory, 'headgate.yaml');
  await writeFile(
    file,
    `routers: { gateway: { kind: gateway, instances: ['${adminUrl}'] } }
metrics: { gateway: { kind: gateway, instances: ['${adminUrl}'] } }
services:
  shop:
    backends: { blue: { url: 'http://127.0.0.1:9001' }, green: { url: 'http://127.0.0.1:9002' } }
`,
  );
  const config = loadConfig({ env: {}, cwd: directory, file });
  return startDataPlane(
    {
      services: { kind: 'configured', config, configFile: file, trafficPort: 0 },
      directory,
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

test('a gateway that is there already is used, and a remote one is left alone', async () => {
  const adminUrl = `http://127.0.0.1:${String(await freePort())}`;
  await configured(adminUrl);
  const said: string[] = [];
  expect((await configured(adminUrl, said)).gateways).toEqual([]);
  expect(said).toEqual([expect.stringContaining(`${adminUrl} is in use: taken for the gateway`)]);
  expect((await configured('http://gateway.internal:8081')).gateways).toEqual([]);
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
  });
});

test('the development server is told every search attribute with its type', () => {
  const flags = searchAttributeFlags();
  expect(flags).toContain('HeadgateService=Keyword');
  expect(flags).toContain('HeadgateStage=Int');
  expect(flags).toContain('HeadgateTrafficPercent=Double');
  expect(flags).toContain('HeadgateNeedsHuman=Bool');
});
