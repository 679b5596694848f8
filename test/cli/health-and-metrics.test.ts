import { describe, expect, test } from 'vitest';
import type { DeploymentHealth, DeploymentMetrics } from '../../src/client/deployment-monitor.js';
import type { Monitor } from '../../src/cli/session.js';
import { parseDocument } from './support/document-schemas.js';
import { runCli } from './support/surroundings.js';

const ID = 'checkout@01a20a86-3684-7799-a553-42740a187eb9';
const WELL = { success: 1, probes: 5, lastFailure: null };

const health = (green: DeploymentHealth['environments'][string]): DeploymentHealth => ({
  id: ID,
  service: 'checkout',
  source: 'probes',
  asOf: '2026-11-30T22:00:00.000Z',
  environments: {
    blue: { health: 1, isHealthy: true, endpoints: { '/health': WELL, '/search': WELL } },
    green,
  },
});

const ALL_WELL = health({ health: 1, isHealthy: true, endpoints: { '/health': WELL } });
const DOWN = { success: 0.4, probes: 5, lastFailure: 'GET http://green/health answered 503' };
const GREEN_DOWN = health({ health: 0.4, isHealthy: false, endpoints: { '/health': DOWN } });
const GREEN_UNKNOWN: DeploymentHealth = {
  ...health({ health: null, isHealthy: null, endpoints: {} }),
  trouble: ['green cannot be probed: it has no url in headgate.yaml'],
};

const METRICS: DeploymentMetrics = {
  id: ID,
  service: 'checkout',
  timeRange: '15m',
  from: '2026-11-30T21:45:00.000Z',
  to: '2026-11-30T22:00:00.000Z',
  requestRate: 12.34,
  errorRate: 0.0031,
  successRate: 0.9969,
  latencyP50: 20,
  latencyP95: 80,
  latencyP99: 480,
  requests: 11_106,
  errors: 34,
  coverage: 1,
  backends: {
    blue: { requestRate: 12.34, errorRate: 0.0031, successRate: 0.9969, requests: 11_106, errors: 34, coverage: 1 },
    green: { coverage: 0 },
  },
  trouble: ['prometheus does not answer'],
};

function monitorOf(monitor: Partial<Monitor>) {
  const missing = () => Promise.reject(new Error('this test does not ask for it'));
  return { session: { monitor: () => Promise.resolve({ checkHealth: missing, getMetrics: missing, ...monitor }) } };
}

const answering = (answer: DeploymentHealth) => monitorOf({ checkHealth: () => Promise.resolve({ checkout: answer }) });

describe('headgate health', () => {
  test('shows each environment with its endpoints, and exits with 0 when all of them are well [M-02]', async () => {
    const { stdout, code } = await runCli(['health', 'checkout'], answering(ALL_WELL));
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      `checkout  asked just now  ${ID}`,
      '  blue   ✔ 100 %  /health  5 of 5 probes succeeded',
      '                  /search  5 of 5 probes succeeded',
      '  green  ✔ 100 %  /health  5 of 5 probes succeeded',
      '',
    ]);
  });

  test.each([
    [
      GREEN_DOWN,
      '  green  ✖ 40 %   /health  2 of 5 probes succeeded; last failure: GET http://green/health answered 503',
    ],
    [GREEN_UNKNOWN, '  green  ? unknown'],
  ])('says what is wrong or unknown, and exits with 13 [M-02]', async (answer, line) => {
    const { stdout, code } = await runCli(['health', 'checkout'], answering(answer));
    expect(code).toBe(13);
    expect(stdout.split('\n')).toContain(line);
    for (const sentence of answer.trouble ?? []) expect(stdout).toContain(sentence);
  });

  test('asks for several rollouts, and for endpoints of its own [M-02]', async () => {
    const asked: unknown[] = [];
    const options = monitorOf({
      checkHealth: (given) => {
        asked.push(given);
        return Promise.resolve({ checkout: ALL_WELL });
      },
    });
    await runCli(['health', 'checkout', 'search', '--endpoint', '/a', '/b', '--timeout', '500ms'], options);
    expect(asked).toEqual([
      { deploymentIds: ['checkout', 'search'], config: { endpoints: ['/a', '/b'], timeoutSeconds: 0.5 } },
    ]);
  });

  test.each([ALL_WELL, GREEN_DOWN, GREEN_UNKNOWN])('prints its document as promised [M-02]', async (answer) => {
    const { stdout } = await runCli(['health', 'checkout', '-o', 'json'], answering(answer));
    expect(parseDocument(stdout)).toMatchObject({ kind: 'Health', items: [answer] });
    const lines = await runCli(['health', 'checkout', '-o', 'jsonl'], answering(answer));
    expect(parseDocument(lines.stdout)).toMatchObject({ kind: 'DeploymentHealth', ...answer });
  });
});

describe('headgate metrics', () => {
  const options = monitorOf({
    getMetrics: ({ timeRange }) => Promise.resolve({ ...METRICS, timeRange: timeRange ?? '1h' }),
  });

  test('shows the service and its backends, and a dash where nobody knows, never 0 [M-01]', async () => {
    const { stdout, code } = await runCli(['metrics', 'checkout', '--range', '15m'], options);
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      `checkout  the last 15m  ${ID}`,
      '          requests/s  errors  p50    p95    p99     users  known',
      '  blue    12.3        0.31 %  –      –      –       –      100 %',
      '  green   –           –       –      –      –       –      0 %',
      '  in all  12.3        0.31 %  20 ms  80 ms  480 ms  –      100 %',
      '  prometheus does not answer',
      '',
    ]);
  });

  test('prints its document as promised [M-01]', async () => {
    const { stdout } = await runCli(['metrics', 'checkout', '-o', 'json', '--range', '15m'], options);
    expect(parseDocument(stdout)).toMatchObject({ kind: 'Metrics', ...METRICS });
  });
});
