import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { runCli, type Ran } from './support/surroundings.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-worker-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function worker(env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return runCli(['worker', '--address', '127.0.0.1:1'], {
    cwd: folder,
    env,
    session: { config: () => Promise.resolve(loadConfig({ env: { ...env }, cwd: folder })) },
  });
}

const CONFIGURED = `routers: { gateway: { kind: gateway, instances: ['http://127.0.0.1:8081'] } }
metrics: { gateway: { kind: gateway, instances: ['http://127.0.0.1:8081'] } }
`;

describe('a worker that knows no service is not started', () => {
  test('in an empty folder [W34]', async () => {
    const { code, stderr } = await worker();
    expect(code).toBe(2);
    expect(stderr).toMatch(/✖ NO_SERVICES {2}A worker that knows no service is not started/);
    expect(stderr).toMatch(/no headgate\.yaml in the working folder.*\n.*--config or HEADGATE_CONFIG/);
  });

  test.each([CONFIGURED, `${CONFIGURED}services: {}\n`, '', '# nothing yet\n'])(
    'with a headgate.yaml of %j [W34]',
    async (yaml) => {
      await writeFile(join(folder, 'headgate.yaml'), yaml);
      const { code, stderr } = await worker();
      expect(code).toBe(2);
      expect(stderr).toContain(`${join(folder, 'headgate.yaml')}, which names none`);
    },
  );
});

describe('a port that somebody has is said, with what to change', () => {
  test.each([
    // The SDK's metrics are offered once per process: the one that fails must come first.
    ['HEADGATE_METRICS_PORT', 'worker.metricsPort'],
    ['HEADGATE_HEALTH_PORT', 'worker.healthPort'],
  ])('%s [W4]', async (variable, key) => {
    const backends = "{ blue: { url: 'http://127.0.0.1:9001' }, green: { url: 'http://127.0.0.1:9002' } }";
    await writeFile(join(folder, 'headgate.yaml'), `${CONFIGURED}services: { shop: { backends: ${backends} } }\n`);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await worker({ [variable]: String(port) });
    expect(code).toBe(5);
    expect(stderr).toMatch(/✖ PORT_IN_USE {2}The worker cannot listen at 127\.0\.0\.1:/);
    expect(stderr).toContain(`set another ${key} in headgate.yaml, or ${variable}`);
    other.close();
    await once(other, 'close');
  });
});
