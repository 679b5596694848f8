import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { HeadgateError } from '../../src/domain/errors.js';
import { freePort } from '../../src/dev/free-port.js';
import { startGateway } from '../../src/gateway/gateway.js';
import { createPorts } from '../../src/wiring/create-ports.js';
import { startStranger, STRANGERS, type StrangerKind } from '../helpers/strangers.js';
import { runCli, type Ran } from './support/surroundings.js';

const SPEC = `apiVersion: headgate/v1
kind: Canary
service: shop
stages: [{ traffic: 5%, duration: 10m }, { traffic: 100% }]
checks: [{ metric: errorRate, max: 1% }]
`;

let folder = '';
const releases: (() => Promise<void>)[] = [];
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'headgate-foreign-')));
  await writeFile(join(folder, 'canary.yaml'), SPEC);
});
afterEach(async () => {
  for (const release of releases.splice(0)) await release();
  await rm(folder, { recursive: true, force: true });
});

/** As a person in the folder, without Temporal. */
async function headgate(adminUrl: string, ...words: readonly string[]): Promise<Ran> {
  const gateway = `{ gateway: { kind: gateway, instances: ['${adminUrl}'], timeout: 1s } }`;
  const backends = "{ blue: { url: 'http://127.0.0.1:9001' }, green: { url: 'http://127.0.0.1:9002' } }";
  await writeFile(
    join(folder, 'headgate.yaml'),
    `routers: ${gateway}\nmetrics: ${gateway}\nservices: { shop: { backends: ${backends} } }\n`,
  );
  const config = loadConfig({ env: {}, cwd: folder });
  return runCli(words, {
    cwd: folder,
    session: {
      config: () => Promise.resolve(config),
      ports: () => Promise.resolve(createPorts(config, {})),
      client: () => Promise.reject(new HeadgateError('SERVER_UNREACHABLE', 'there is no Temporal')),
    },
  });
}

const ROUTES = [
  { name: 'shop', backends: { blue: { url: 'http://127.0.0.1:9001' }, green: { url: 'http://127.0.0.1:9002' } } },
];

async function gatewayOf(project: string | null): Promise<string> {
  const owner =
    project === null
      ? {}
      : { owner: { directory: join(project, '.headgate'), config: join(project, 'headgate.yaml') } };
  const gateway = await startGateway({ routes: ROUTES, ...owner });
  releases.push(() => gateway.close());
  return gateway.adminUrl;
}

async function strangerThat(kind: StrangerKind): Promise<string> {
  const stranger = await startStranger(kind);
  releases.push(() => stranger.stop());
  return stranger.url;
}

describe('doctor', () => {
  test.each(Object.keys(STRANGERS) as StrangerKind[])(
    'says what is where the gateway should be: it %s [W4]',
    async (kind) => {
      const url = await strangerThat(kind);
      const { code, stdout } = await headgate(url, 'doctor');
      expect(code).toBe(6);
      expect(stdout).toMatch(
        new RegExp(`✖ gateway ${url}: no Headgate gateway, but (a program|an HTTP server) .+\\n {4}End it, or`),
      );
    },
  );

  test("says whose gateway it is, when it is another project's [W4]", async () => {
    const url = await gatewayOf('/home/eve/shop');
    const { code, stdout } = await headgate(url, 'doctor');
    expect(code).toBe(6);
    expect(stdout).toContain(
      `✖ gateway ${url}: the gateway of another project, /home/eve/shop/headgate.yaml (process ${String(process.pid)})`,
    );
  });

  test("is content with this project's gateway, and with one of no project in particular [W4]", async () => {
    for (const project of [folder, null]) {
      const { stdout } = await headgate(await gatewayOf(project), 'doctor');
      expect(stdout).toMatch(/✔ gateway http:.*: Headgate \d.*, process \d+, users come in at http:/);
    }
  });

  test('says of a gateway that is away what the router says, and nothing more', async () => {
    const url = `http://127.0.0.1:${String(await freePort())}`;
    const { stdout } = await headgate(url, 'doctor');
    expect(stdout).not.toContain('gateway http');
    expect(stdout).toMatch(/✖ router of shop: .*ECONNREFUSED/);
  });
});

describe('validate --online', () => {
  const validate = async (url: string) => {
    const { code, stdout } = await headgate(url, 'validate', 'canary.yaml', '--online', '-o', 'json');
    return { code, problems: (JSON.parse(stdout) as { files: { problems: unknown[] }[] }).files[0]?.problems };
  };

  test.each(Object.keys(STRANGERS) as StrangerKind[])('refuses a gateway that is none: it %s [W4]', async (kind) => {
    const { code, problems } = await validate(await strangerThat(kind));
    expect(code).toBe(2);
    expect(problems).toEqual([
      expect.objectContaining({ rule: expect.stringMatching(/^online\.(gateway|router)$/) as string }),
    ]);
  });

  test("refuses another project's gateway, although it has a route of the same name [W4]", async () => {
    const { code, problems } = await validate(await gatewayOf('/home/eve/shop'));
    expect(code).toBe(2);
    expect(problems).toMatchObject([
      { rule: 'online.gateway', got: expect.stringContaining('/home/eve/shop') as string },
    ]);
  });

  test("asks this project's gateway as before [W4]", async () => {
    const { problems } = await validate(await gatewayOf(folder));
    expect(problems?.filter((one) => (one as { rule: string }).rule === 'online.gateway')).toEqual([]);
  });
});
