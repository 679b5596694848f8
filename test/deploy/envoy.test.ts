import { spawn, execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { obtainProgram } from '../../src/dev/binaries/obtain.js';
import { ENVOY } from '../../src/dev/binaries/programs.js';
import { freePort } from '../../src/dev/free-port.js';
import { until } from '../contract/support/eventually.js';
import { ROOT } from '../docs/support/documents.js';

const run = promisify(execFile);

const FOLDER = join(ROOT, 'deploy');
const ROUTES = '/var/lib/headgate/routes';

let folder: string;
const stops: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-deploy-'));
  cpSync(join(FOLDER, 'envoy/routes'), folder, { recursive: true });
});

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  rmSync(folder, { recursive: true });
});

/** The bootstrap of the compose file, on this machine instead of in containers. */
async function bootstrap(): Promise<{ file: string; admin: number; traffic: number; blue: number; green: number }> {
  const [admin, traffic, blue, green] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const here = (port: number): string => `address: 127.0.0.1, port_value: ${String(port)}`;
  const text = readFileSync(join(FOLDER, 'envoy/envoy.yaml'), 'utf8')
    .replaceAll(ROUTES, folder)
    .replace('address: 0.0.0.0, port_value: 9901', here(admin))
    .replace('address: 0.0.0.0, port_value: 8080', here(traffic))
    .replace('address: blue, port_value: 9000', here(blue))
    .replace('address: green, port_value: 9000', here(green));
  const file = join(folder, 'envoy.yaml');
  writeFileSync(file, text);
  return { file, admin, traffic, blue, green };
}

function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const child = spawn(command, args, { env: { PATH: process.env['PATH'], ...env }, stdio: 'ignore' });
  const ended = once(child, 'exit');
  stops.push(() => (child.kill('SIGTERM'), ended));
}

describe('the Envoy of the compose file', () => {
  test('is configured so that Envoy accepts it', { timeout: 300_000 }, async () => {
    const { path } = await obtainProgram(ENVOY, { env: process.env });
    const { file } = await bootstrap();
    const { stdout, stderr } = await run(path, ['--mode', 'validate', '-c', file]);
    expect(stdout + stderr).toContain('OK');
  });

  test('becomes healthy, and sends the demo users to the slot that has the traffic', { timeout: 300_000 }, async () => {
    const { path } = await obtainProgram(ENVOY, { env: process.env });
    const { file, admin, traffic, blue, green } = await bootstrap();
    const service = join(FOLDER, 'demo/service.mjs');
    start(process.execPath, [service], { VERSION: '1.0.0', PORT: String(blue) });
    start(process.execPath, [service], { VERSION: '1.1.0', PORT: String(green), ERROR_RATE: '1' });
    start(path, ['-c', file, '--disable-hot-restart', '--log-level', 'error']);
    const { services } = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
      services: { envoy: { healthcheck: { test: [string, string, ...string[]] } } };
    };
    const [, shell, ...args] = services.envoy.healthcheck.test;
    const probe = args.map((arg) => arg.replace('/9901', `/${String(admin)}`));
    await until('Envoy to be healthy', () => run(shell, probe).then(Boolean, () => false));

    const target = `http://127.0.0.1:${String(traffic)}`;
    start(process.execPath, [join(FOLDER, 'demo/users.mjs')], { TARGET: target, REQUESTS_PER_SECOND: '200' });
    const counted = 'envoy_cluster_upstream_rq_xx{envoy_response_code_class="2",envoy_cluster_name="checkout-blue"}';
    await until('twenty answers of blue', async () => {
      const stats = await (await fetch(`http://127.0.0.1:${String(admin)}/stats/prometheus`)).text();
      expect(stats).not.toMatch(/upstream_rq_xx\{.*checkout-green/);
      const line = stats.split('\n').find((one) => one.startsWith(counted));
      return Number(line?.split(' ').at(-1) ?? 0) >= 20;
    });
  });
});
