import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { RouteFile } from '../../src/adapters/routers/envoy/route-file.js';
import { createEnvoyRouter } from '../../src/adapters/routers/envoy/router.js';
import { STARTERS } from '../../src/config/starters/starters.js';
import { freePort } from '../../src/dev/free-port.js';
import { splitBetween } from '../../src/domain/traffic/weights.js';
import { SERVED_BY, startBackends } from '../contract/support/backends.js';
import { until } from '../contract/support/eventually.js';
import { describeOnEnvoy } from '../helpers/envoy-server.js';
import { folderWith } from './support.js';

function written(service: string): string {
  const folder = folderWith({});
  for (const [name, text] of Object.entries(STARTERS.envoy.files(service))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

await describeOnEnvoy('what init writes for an Envoy', (executable) => {
  test.each(['checkout', 'on', '7.1'])('is taken by Envoy, for a service named %s', (service) => {
    const { status, stderr } = spawnSync(executable, ['--mode', 'validate', '-c', 'envoy/envoy.yaml'], {
      cwd: written(service),
      encoding: 'utf8',
    });
    expect(stderr).not.toMatch(/\[(error|critical)\]/);
    expect(status).toBe(0);
  });

  test('has its routes, and keeps every user on their side from the first request on', async () => {
    const folder = written('checkout');
    const backends = await startBackends();
    const [traffic, admin] = [await freePort(), await freePort()];
    const bootstrap = readFileSync(join(folder, 'envoy/envoy.yaml'), 'utf8')
      .replace('port_value: 8080', `port_value: ${String(traffic)}`)
      .replace('port_value: 9901', `port_value: ${String(admin)}`)
      .replace('port_value: 9001', `port_value: ${new URL(backends.blue.url).port}`)
      .replace('port_value: 9002', `port_value: ${new URL(backends.green.url).port}`);
    writeFileSync(join(folder, 'envoy/envoy.yaml'), bootstrap);
    const args = ['-c', 'envoy/envoy.yaml', '--use-dynamic-base-id', '--concurrency', '1', '--log-level', 'error'];
    const envoy = spawn(executable, args, { cwd: folder, stdio: 'ignore' });
    const ended = once(envoy, 'exit');
    try {
      const url = `http://127.0.0.1:${String(traffic)}`;
      await until('Envoy to answer', () =>
        fetch(url).then(
          ({ status }) => status === 200,
          () => false,
        ),
      );
      const router = createEnvoyRouter({
        instances: [{ admin: `http://127.0.0.1:${String(admin)}`, routes: join(folder, 'envoy/routes/routes.yaml') }],
        timeoutMs: 5000,
      });
      const route = { service: 'checkout', targets: { blue: 'checkout-blue', green: 'checkout-green' } };
      await router.setWeights(route, splitBetween({ baseline: 'blue', candidate: 'green' }, 50), { fence: 8 });

      const sides = new Set<string | null>();
      for (let user = 0; user < 30; user += 1) {
        const first = await visit(url, 'theme=dark');
        const cookie = first.setCookie?.split(';')[0] ?? '';
        expect(cookie).toMatch(/^hg_user=.+/);
        expect(await visit(url, `theme=dark; ${cookie}`)).toEqual({ servedBy: first.servedBy, setCookie: null });
        sides.add(first.servedBy);
      }
      expect(sides).toEqual(new Set(['blue', 'green']));
    } finally {
      envoy.kill('SIGTERM');
      await ended;
      await Promise.all([backends.blue.stop(), backends.green.stop()]);
    }
  });
});

async function visit(url: string, cookie: string): Promise<{ servedBy: string | null; setCookie: string | null }> {
  const { headers } = await fetch(url, { headers: { cookie } });
  return { servedBy: headers.get(SERVED_BY), setCookie: headers.get('set-cookie') };
}

test('the routes that init writes can be split as they are', () => {
  const text = STARTERS.envoy.files('shop')['envoy/routes/routes.yaml'] ?? '';
  const weights = [
    { cluster: 'shop-green', weight: 5000 },
    { cluster: 'shop-blue', weight: 95_000 },
  ];
  expect(RouteFile.parse('routes.yaml', text).with('shop', weights, 8).whatItSays('shop')).toMatchObject({
    weights,
    fence: 8,
  });
});
