import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { parseDocument } from './support/document-schemas.js';
import { runCli } from './support/surroundings.js';

const SPEC = `apiVersion: headgate/v1
kind: Canary
service: checkout
stages:
  - { traffic: 5%, duration: 10m }
  - { traffic: 50%, duration: 10m, approval: { timeout: 24h, onTimeout: abort } }
  - { traffic: 100% }
checks:
  - { metric: errorRate, max: 1% }
  - { metric: latencyP99, max: 500ms }
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-simulate-'));
  await writeFile(join(folder, 'checkout.yaml'), SPEC);
  await writeFile(join(folder, 'two.yaml'), `${SPEC}---\n${SPEC}`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function simulate(...argv: readonly string[]) {
  return runCli(['simulate', ...argv], {
    cwd: folder,
    session: { config: () => Promise.resolve(loadConfig({ env: {}, cwd: folder })) },
  });
}

describe('headgate simulate', () => {
  test('tells how often a specification is wrong and how soon it is right', async () => {
    const { code, stdout, stderr } = await simulate('checkout.yaml', '--runs', '20', '--compare');
    expect({ code }).toEqual({ code: 0 });
    expect(stdout).toContain('20 simulated rollouts with a healthy candidate, as many with a bad one (seed 1)');
    expect(stdout).toContain('50 requests/s; errors 0.2 %, 62.5 ms in the middle, 250 ms at p99');
    expect(stdout).toContain('bad: errors 3 %, from the first percent on');
    expect(stdout).toMatch(/healthy: rolled back +0 %/);
    expect(stdout).toMatch(/bad: rolled back +100 %/);
    expect(stdout).toContain('Argo Rollouts, failureLimit 0');
    expect(stdout).toContain('whoever is asked for approval gives it at once');
    expect(stderr).toContain('simulating 20 healthy');
  });

  test('answers programs with a document, the same for the same seed', async () => {
    const options = ['checkout.yaml', '--runs', '10', '-o', 'json'];
    const first = await simulate(...options);
    expect(parseDocument(first.stdout)).toMatchObject({
      kind: 'Simulation',
      service: 'checkout',
      runs: 10,
      model: { requestsPerSecond: 50, degradation: { atMs: 0, to: { errorRate: 0.03 } } },
      policies: [{ policy: 'Headgate', healthy: { promoted: 1 }, bad: { detected: { share: 1 } } }],
    });
    expect((await simulate(...options)).stdout).toBe(first.stdout);
    expect((await simulate(...options, '--seed', '2')).stdout).not.toBe(first.stdout);
  });

  test('simulates the traffic that it is told to', async () => {
    const { stdout } = await simulate(
      ...['checkout.yaml', '--runs', '5', '-o', 'json', '--request-rate', '20/s', '--error-rate', '0.4%'],
      ...['--bad-at', '12m', '--bad-over', '2m', '--bad-slowdown', '3', '--latency-median', '40ms'],
      ...['--latency-p99', '200ms', '--bursts', '2', '--shock-every', '30m', '--shock-for', '30s'],
    );
    expect(parseDocument(stdout)).toMatchObject({
      model: {
        requestsPerSecond: 20,
        baseline: { errorRate: 0.004, latency: { medianMs: 40, p99Ms: 200 } },
        degradation: {
          atMs: 720_000,
          overMs: 120_000,
          to: { errorRate: 0.004, latency: { medianMs: 120, p99Ms: 600 } },
        },
        dispersion: 2,
        shocks: { everyMs: 1_800_000, lastMs: 30_000, errorRate: 0.3 },
      },
    });
  });

  test('refuses everything that makes no sense at once, by the names of the options [U-04]', async () => {
    const { code, stderr } = await simulate(
      ...['checkout.yaml', '--request-rate', 'many', '--error-rate', '150%', '--bad-at', '3h'],
      ...['--latency-p99', '12', '--bursts', '0.5', '--runs', 'x', '--shock-for', '1m'],
    );
    expect(code).toBe(2);
    for (const option of ['--request-rate', '--error-rate', '--bad-at', '--latency-p99', '--bursts', '--runs'])
      expect(stderr).toContain(`${option}: `);
    expect(stderr).toContain('--shock-every: How often shocks come is missing');
    expect(stderr).toContain('got many');
  });

  test('wants one specification', async () => {
    const { code, stderr } = await simulate('two.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('got 2 documents');
  });

  test('draws a picture that says in words what it shows, and runs nothing', async () => {
    const { code } = await simulate('checkout.yaml', '--runs', '10', '--compare', '--plot', 'plot.svg');
    expect(code).toBe(0);
    const svg = await readFile(join(folder, 'plot.svg'), 'utf8');
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="title desc">\n<title id="title">checkout: 10 /);
    expect(svg).toMatch(
      /<desc id="desc">Headgate rolled back 0 % of the healthy candidates and 100 % of the bad ones\./,
    );
    expect(svg).not.toMatch(/<script|NaN|undefined|on\w+=/);
    // Two curves for each of four policies above, two below.
    expect(svg.match(/<polyline /g)).toHaveLength(10);
  });
});
