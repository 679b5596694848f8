import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import type { Ports } from '../../src/ports/service.js';
import { UnknownServiceError } from '../../src/ports/service.js';
import { createPorts } from '../../src/wiring/create-ports.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-wiring-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function portsFrom(yaml: string): Promise<Ports> {
  await writeFile(join(folder, 'headgate.yaml'), yaml);
  return createPorts(loadConfig({ env: {}, cwd: folder }));
}

const YAML = `
routers:
  edge: { kind: gateway, instances: ['http://127.0.0.1:1', 'http://127.0.0.1:2'] }
metrics:
  edge: { kind: gateway, instances: ['http://127.0.0.1:1'] }
services:
  checkout:
    router: edge
    metrics: edge
    backends:
      blue: { url: 'http://127.0.0.1:3', target: checkout-a }
      green: { url: 'http://127.0.0.1:4' }
    health:
      endpoints: [/health]
      version: { path: /version, field: version }
  search:
    router: edge
    metrics: edge
    route: find
    backends: { one: {}, two: {} }
journal: { kind: file, path: record }
`;

describe('the configured world', () => {
  test('has each service with its route, its backends and how they are probed', async () => {
    const ports = await portsFrom(YAML);
    expect(ports.serviceNamed('checkout')).toMatchObject({
      service: 'checkout',
      route: { service: 'checkout', targets: { blue: 'checkout-a', green: 'green' } },
      urls: { blue: 'http://127.0.0.1:3', green: 'http://127.0.0.1:4' },
      version: { path: '/version', field: 'version' },
      health: { endpoints: ['/health'], successThreshold: 0.95 },
    });
  });

  test('leaves out what was not said: no health, no version, no urls', async () => {
    const search = (await portsFrom(YAML)).serviceNamed('search');
    expect(search).toMatchObject({ route: { service: 'find', targets: { one: 'one', two: 'two' } }, urls: {} });
    expect(search).not.toHaveProperty('health');
    expect(search).not.toHaveProperty('version');
  });

  test('shares one router and one metric source between the services that name them', async () => {
    const ports = await portsFrom(YAML);
    expect(ports.serviceNamed('checkout').router).toBe(ports.serviceNamed('search').router);
    expect(ports.serviceNamed('checkout').metrics).toBe(ports.serviceNamed('search').metrics);
  });

  test('asks every instance of a router, by its address [C-03]', async () => {
    const { router, route } = (await portsFrom(YAML)).serviceNamed('checkout');
    const instances = await router.readWeights(route);
    expect(instances.map(({ instance }) => instance)).toEqual(['http://127.0.0.1:1', 'http://127.0.0.1:2']);
    expect(instances.every((instance) => 'unreachable' in instance)).toBe(true);
  });

  test.each(['checkuot', 'toString', '__proto__'])(
    'knows no service named %s, and says which it knows',
    async (name) => {
      const ports = await portsFrom(YAML);
      expect(() => ports.serviceNamed(name)).toThrow(UnknownServiceError);
      expect(() => ports.serviceNamed(name)).toThrow(
        expect.objectContaining({ expected: 'one of checkout, search', got: name }),
      );
    },
  );

  test('asks metric sources with the secrets of its environment, and of files beside the configuration [S-02]', async () => {
    const asked: unknown[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers);
      response.end('{"depth":3}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await writeFile(join(folder, 'token'), 'from-file\n');
    const source = `{ kind: http, url: 'http://127.0.0.1:${String(port)}', auth: { bearer: file:token }, headers: { x-a: env:A } }`;
    await writeFile(join(folder, 'headgate.yaml'), YAML.replace('metrics:\n', `metrics:\n  values: ${source}\n`));
    const ports = createPorts(loadConfig({ env: {}, cwd: folder }), { A: 'from-env' });
    const values = ports.serviceNamed('checkout').sources?.['values'];
    expect(await values?.scalar({ query: '/q#/depth', atMs: 0, windowMs: 1 })).toBe(3);
    expect(asked[0]).toMatchObject({ authorization: 'Bearer from-file', 'x-a': 'from-env' });
  });

  test('keeps its journal beside the file that names it [S-03]', async () => {
    const { journal } = await portsFrom(YAML);
    const at = '2026-01-01T00:00:00.000Z';
    const entry = { id: 'checkout@1#1', rolloutId: 'checkout@1', service: 'checkout', at, kind: 'started', what: 'x' };
    await journal.append([{ ...entry, kind: 'started' }]);
    expect(JSON.parse(await readFile(join(folder, 'record', 'checkout.jsonl'), 'utf8'))).toEqual(entry);
  });
});
