import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { STARTERS } from '../../src/config/starters/starters.js';
import { freePort } from '../../src/dev/free-port.js';
import { createPorts } from '../../src/wiring/create-ports.js';
import { until } from '../contract/support/eventually.js';
import { describeOnEnvoy } from '../helpers/envoy-server.js';
import { writtenIn } from './support/envoy-route-files.js';
import { startLoad } from './support/steady-load.js';
import { quickPlan, startWorld, type World } from './support/world.js';

await describeOnEnvoy('a canary on what init writes for an Envoy', (executable) => {
  const releases: (() => unknown)[] = [];

  afterEach(async () => {
    for (const release of releases.splice(0).reverse()) await release();
  });

  test('is promoted with both route entries of the service alike, and no user is lost, new or known [C-01] [C-03]', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-init-'));
    releases.push(() => rmSync(folder, { recursive: true, force: true }));
    const world: World = await startWorld({ tamper: () => ports.serviceNamed('checkout') });
    releases.push(() => world.stop());
    const portOf = (url: string): number => Number(new URL(url).port);
    const [traffic, admin] = [await freePort(), await freePort()];
    writeStarter(folder, { 8080: traffic, 9901: admin, 9001: portOf(world.blue.url), 9002: portOf(world.green.url) });
    const ports = createPorts(loadConfig({ env: {}, cwd: folder }));
    const routes = (): string => readFileSync(join(folder, 'envoy/routes/routes.yaml'), 'utf8');
    const url = `http://127.0.0.1:${String(traffic)}`;
    const envoy = await startedIn(folder, executable, url);
    releases.push(() => ended(envoy));
    const load = startLoad(url, 100, 'hg_user');
    releases.push(() => load.stop());
    const newcomers = startLoad(url, 50, 'another_cookie');
    releases.push(() => newcomers.stop());
    const { id } = await world.deployment.start(quickPlan({ version: 'v2' }));
    await world.status(
      id,
      'the second stage',
      ({ currentStage, stageStartedAt }) => currentStage >= 2 && stageStartedAt !== null,
    );
    expect(writtenIn(routes(), 'checkout')).toMatch(/^checkout-green\/(50000|100000)\/checkout-blue$/);

    const over = await world.status(id, 'the rollout to end', ({ isComplete }) => isComplete);
    expect(over).toMatchObject({ outcome: 'promoted', needsHuman: null });
    expect(routes().match(/name: checkout-green, weight: 100000/g)).toHaveLength(2);
    await Promise.all([load.stop(), newcomers.stop()]);
    for (const { counts } of [load, newcomers]) expect([...counts.keys()].sort()).toEqual(['v1 200', 'v2 200']);
  });
});

/** What `init` writes, with other ports. */
function writeStarter(folder: string, ports: Readonly<Record<number, number>>): void {
  for (const [name, text] of Object.entries(STARTERS.envoy.files('checkout'))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    const here = text.replace(/\b(8080|9901|9001|9002)\b/g, (port) => String(ports[Number(port)]));
    writeFileSync(join(folder, name), here);
  }
}

async function startedIn(folder: string, executable: string, url: string): Promise<ChildProcess> {
  const args = ['-c', 'envoy/envoy.yaml', '--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'error'];
  const envoy = spawn(executable, args, { cwd: folder, stdio: 'ignore' });
  await until('Envoy to answer', () =>
    fetch(url).then(
      ({ status }) => status === 200,
      () => false,
    ),
  );
  return envoy;
}

async function ended(envoy: ChildProcess): Promise<void> {
  const exit = once(envoy, 'exit');
  envoy.kill('SIGTERM');
  await exit;
}
