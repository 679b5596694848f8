import { preflightPlanOf } from '../../src/domain/staged-traffic/guard-plan-of.js';
import { expect, test } from 'vitest';
import { inspect } from '../../src/inspection/inspect.js';
import type { MetricSource } from '../../src/ports/metric-source.js';
import { fitService, portsOf, somePlan, someTraffic } from '../activities/support/fabricated.js';

const counting = (change: Partial<MetricSource>) => fitService({ metrics: { ...fitService().metrics, ...change } });

test('nothing is found where all is well', async () => {
  expect(await inspect(portsOf(fitService()), preflightPlanOf(somePlan()))).toEqual([]);
});

test('what is found are codes, names and numbers', async () => {
  const plan = somePlan({
    analysis: {
      checks: [
        { kind: 'sequential', metric: 'latencyP99', max: 300 },
        { kind: 'custom', name: 'depth', query: 'd', max: 1 },
        { kind: 'custom', name: 'queue', query: 'q', source: 'elsewhere', max: 1 },
      ],
    },
  });
  const service = fitService({
    urls: { blue: 'http://blue.test' },
    metrics: {
      samples: () => Promise.resolve([someTraffic(0)]),
      countsLatencies: false,
      scalar: () => Promise.resolve(NaN),
      resolutionMs: () => Promise.resolve(15_000),
    },
  });
  expect(await inspect(portsOf(service), preflightPlanOf(plan))).toMatchObject([
    { code: 'candidateWithoutUrl', backend: 'green' },
    { code: 'latenciesMissing' },
    { code: 'noTraffic', backend: 'blue', windowMs: 60_000 },
    { code: 'intervalTooShort', intervalMs: 10_000, resolutionMs: 15_000 },
    { code: 'queryWithoutValue', index: 1, name: 'depth', query: 'd', backend: 'blue', value: NaN },
    { code: 'sourceUnknown', index: 2, name: 'queue' },
  ]);
});

test('a source that has just been started is asked for what it knows: its last moments', async () => {
  const young = counting({
    samples: ({ fromMs, toMs }) => Promise.resolve(toMs - fromMs > 2000 ? ['no-data'] : [someTraffic(3)]),
  });
  expect(await inspect(portsOf(young), preflightPlanOf(somePlan()))).toEqual([]);
  const unknowing = counting({ samples: () => Promise.resolve(['no-data']) });
  expect(await inspect(portsOf(unknowing), preflightPlanOf(somePlan()))).toMatchObject([
    { code: 'noData', backend: 'blue' },
  ]);
});
