import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { RolloutMetrics } from '../../src/worker/metrics/rollout-metrics.js';
import { describeOn, type RealServer } from '../helpers/real-servers.js';

const PROMTOOL: RealServer = { name: 'promtool', executable: 'promtool', debianPackage: 'prometheus' };

const FOLDER = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url));

const run = promisify(execFile);

describeOn(PROMTOOL, 'what Prometheus is given', (promtool) => {
  const says = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await run(promtool, args, { cwd: FOLDER });
    return stdout + stderr;
  };

  test('is a configuration that it accepts', async () => {
    expect(await says('check', 'config', 'prometheus.yml')).toMatch(/SUCCESS: prometheus\.yml is valid/);
  });

  test('has rules that it accepts and that call for what they say, and for nothing else', async () => {
    expect(await says('check', 'rules', 'headgate.rules.yml')).toMatch(/SUCCESS: 9 rules found/);
    expect(await says('test', 'rules', 'headgate.rules.test.yml')).toMatch(/SUCCESS/);
  });
});

interface Rules {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
}

const { groups } = parse(readFileSync(`${FOLDER}headgate.rules.yml`, 'utf8')) as Rules;
const rules = groups.flatMap((group) => group.rules);

test('every alert asks only for metrics that a worker has', async () => {
  const { text } = await new RolloutMetrics(
    1,
    () => true,
    () => Promise.resolve([]),
  ).expose();
  const known = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  const asked = rules.flatMap(({ expr }) => expr.match(/headgate_\w+/g) ?? []);
  expect(asked.length).toBeGreaterThan(8);
  expect(asked.filter((name) => !known.includes(name))).toEqual([]);
});

test('every alert and every metric of a worker is explained to people', async () => {
  const page = readFileSync(new URL('../../docs/monitoring.md', import.meta.url), 'utf8');
  const { text } = await new RolloutMetrics(
    1,
    () => true,
    () => Promise.resolve([]),
  ).expose();
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
  expect([...rules.map(({ alert }) => alert), ...names].filter((name) => !page.includes(`\`${name}`))).toEqual([]);
});
