import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alternationsIn } from '../../../src/adapters/metrics/prometheus/alternation.js';
import { doubtsIn } from '../../../src/adapters/metrics/prometheus/doubts.js';
import { leapsIn } from '../../../src/adapters/metrics/prometheus/leaps.js';
import { labelsWithin } from '../../../src/adapters/metrics/prometheus/labels.js';
import type { RawAnswer, RawSeries } from '../../../src/adapters/metrics/prometheus/raw-series.js';
import { samplesOf } from '../../../src/adapters/metrics/prometheus/samples.js';
import { createPrometheusMetrics } from '../../../src/adapters/metrics/prometheus/source.js';
import { targetsIn } from '../../../src/adapters/metrics/prometheus/targets.js';
import type { Sampled } from '../../../src/domain/analysis/sample.js';
import type { MetricSource } from '../../../src/ports/metric-source.js';
import { startCustomBackend } from '../../gateway/support/custom-backend.js';
import { Releasers } from '../../gateway/support/gateway.js';
import { PROMETHEUS, startPrometheus } from '../../helpers/prometheus-server.js';
import { describeOn } from '../../helpers/real-servers.js';
import { until } from '../../helpers/until.js';
import { series } from './support.js';

const SELECTORS = {
  requests: 'hits_total{slot="{{backend}}"}',
  errors: 'hits_total{slot="{{backend}}",code="500"}',
};
const WITHIN = labelsWithin(SELECTORS);

/** Long after everything. */
const LATER_MS = 100_000_000;

const PERIOD_MS = 15_000;

/** What a process has counted by now. */
interface Counted {
  readonly good: number;
  readonly failed: number;
}

const counter = (values: readonly (number | undefined)[], labels: Readonly<Record<string, string>> = {}): RawSeries =>
  series(
    values.flatMap((value, index): [number, number][] => (value === undefined ? [] : [[index * PERIOD_MS, value]])),
    { __name__: 'hits_total', code: '200', ...labels },
  );

function answerOf(scrapes: readonly Counted[], labels: Readonly<Record<string, string>> = {}): RawAnswer {
  const failed = counter(
    scrapes.map((scrape) => scrape.failed),
    { code: '500', ...labels },
  );
  const good = counter(
    scrapes.map((scrape) => scrape.good),
    labels,
  );
  const presence = counter(
    scrapes.map(() => 1),
    { __name__: 'up' },
  );
  return { presence: [presence], requests: [good, failed], errors: [failed], latency: [] };
}

/** A step per scrape. */
function sampled(answer: RawAnswer, scrapes: number): readonly Sampled[] {
  const steps = { fromMs: 0, toMs: (scrapes - 1) * PERIOD_MS, stepMs: PERIOD_MS };
  return samplesOf(targetsIn(answer, WITHIN), steps, LATER_MS, null, doubtsIn(answer, WITHIN)).samples;
}

const ALTERNATING: readonly Counted[] = [
  { good: 1800, failed: 200 },
  { good: 495, failed: 5 },
  { good: 1830, failed: 200 },
  { good: 510, failed: 5 },
];

describe('two processes that answer in turn at one address', () => {
  test('are unknown: neither has restarted, and no failure of long ago is new [W22]', () => {
    expect(sampled(answerOf(ALTERNATING), 4)).toEqual(['no-data', 'no-data', 'no-data']);
  });

  test('are named as the cause in one sentence [W22]', () => {
    const [doubt] = doubtsIn(answerOf(ALTERNATING), WITHIN);
    expect(doubt?.why).toBe(
      'several processes answer in turn at a: hits_total{job="edge",instance="a",code="200"} fell from 1,800 to 495 and ' +
        'was back at 1,830 after 30 s, which no restart does; scrape each process by itself, or let them count together ' +
        '(the multi-process mode of the client)',
    );
  });

  test('stay unknown for as long as nobody can tell whether the other comes back, and no longer [W22]', () => {
    const quiet = Array.from({ length: 40 }, (_, index) => ({ good: 1840 + index, failed: 200 }));
    const samples = sampled(answerOf([...ALTERNATING.slice(0, 3), ...quiet]), 43);
    const known = samples.findIndex((sample) => sample !== 'no-data');
    expect(known * PERIOD_MS).toBeGreaterThanOrEqual(300_000);
    expect(samples.slice(known)).toEqual(samples.slice(known).map(() => ({ requests: 1, errors: 0 })));
  });

  test('are seen by their failures alone where both have served alike [W22]', () => {
    const alike = [
      { good: 1000, failed: 200 },
      { good: 1201, failed: 5 },
      { good: 1012, failed: 200 },
      { good: 1213, failed: 5 },
    ];
    expect(sampled(answerOf(alike), 4)).toEqual(['no-data', 'no-data', 'no-data']);
  });

  test('are counted each by itself where a label tells them apart [W22]', () => {
    const requests = [
      counter([1800, undefined, 1830, undefined], { pid: '7' }),
      counter([undefined, 495, undefined, 510], { pid: '8' }),
    ];
    const presence = [counter([1, 1, 1, 1], { __name__: 'up' })];
    const answer = { presence, requests, errors: [], latency: [] };
    expect(doubtsIn(answer, WITHIN)).toEqual([]);
    expect(sampled(answer, 4)).toMatchObject([{ requests: 0 }, { requests: 30 }, { requests: 15 }]);
  });
});

describe('a counter that goes down to more than a process counts by its first scrape', () => {
  const FIRST_FALL: readonly Counted[] = [
    { good: 1990, failed: 10 },
    { good: 2040, failed: 10 },
    { good: 2090, failed: 10 },
    { good: 500, failed: 200 },
    { good: 550, failed: 200 },
  ];

  test('is in doubt before anybody knows that the first process will be back [W22]', () => {
    expect(sampled(answerOf(FIRST_FALL), 5)).toEqual([
      { requests: 50, errors: 0 },
      { requests: 50, errors: 0 },
      'no-data',
      { requests: 50, errors: 0 },
    ]);
    const [doubt] = doubtsIn(answerOf(FIRST_FALL.slice(0, 4)), WITHIN);
    expect(doubt?.why).toMatch(
      /^hits_total\{.*\} fell from 2,090 to 500, as if 690 had been counted since a restart where 50 are usual from scrape to scrape: /,
    );
  });

  test('is a restart all the same where that much is usual, or scrapes were missed [W22]', () => {
    expect(doubtsIn(answerOf([...FIRST_FALL.slice(0, 3), { good: 140, failed: 10 }]), WITHIN)).toEqual([]);
    const missed = counter([2000, 2050, 2100, 2150, undefined, undefined, undefined, 190, 240]);
    expect(leapsIn([missed])).toEqual([]);
  });
});

describe('one process that restarts', () => {
  test.each([
    ['after days', [20_000, 20_150, 60, 210, 360, 510]],
    ['and soon has served more than ever', [100, 250, 400, 20, 170, 320, 470, 620]],
    ['again and again', [150, 300, 30, 180, 330, 480, 90, 240, 390, 540]],
    ['while hardly anybody comes', [1, 2, 0, 1, 2, 3]],
  ])('%s is no alternation [W22]', (_, values) => {
    expect(alternationsIn([counter(values)])).toEqual([]);
  });

  test('is known by what it does, also where a failure or two come back by chance [W22]', () => {
    const requests = counter([20_000, 20_150, 60, 210, 360]);
    expect(alternationsIn([requests, counter([2, 3, 0, 3, 4], { code: '500' })])).toEqual([]);
  });

  test('while a label of its own is dropped and made anew is no alternation [W22]', () => {
    const requests = counter([20_000, 20_150, 20_300, 20_450, 20_600]);
    const labelled = counter([500, 510, 10, 20, 30], { code: '404' });
    expect(alternationsIn([requests, labelled])).toEqual([]);
  });
});

const alternate = fc.record({
  processes: fc.array(fc.record({ good: fc.nat(5000), failed: fc.nat(300) }), { minLength: 2, maxLength: 4 }),
  turns: fc.array(
    fc.record({
      who: fc.nat(3),
      gains: fc.array(fc.record({ good: fc.nat(60), failed: fc.nat(2) }), { minLength: 4, maxLength: 4 }),
    }),
    { minLength: 25, maxLength: 40 },
  ),
});

test('whoever answers, what is counted is what happened, or nothing is said [W22]', () => {
  fc.assert(
    fc.property(alternate, ({ processes, turns }) => {
      let counted = processes;
      const scrapes: Counted[] = [];
      const happened = { requests: 0, errors: 0 };
      for (const { who, gains } of turns) {
        counted = counted.map(({ good, failed }, index) => ({
          good: good + (gains[index]?.good ?? 0),
          failed: failed + (gains[index]?.failed ?? 0),
        }));
        for (const [index, gain] of gains.entries()) {
          if (index >= processes.length || scrapes.length === 0) continue;
          happened.requests += gain.good + gain.failed;
          happened.errors += gain.failed;
        }
        const shown = counted[who % counted.length];
        if (shown !== undefined) scrapes.push(shown);
      }
      const known = sampled(answerOf(scrapes), scrapes.length).flatMap((sample) =>
        sample === 'no-data' ? [] : sample,
      );
      const sum = (of: 'requests' | 'errors') => known.reduce((total, sample) => total + sample[of], 0);
      // Whoever answers at every scrape by chance tells of itself alone, which is true; and no lifetime is counted.
      expect(sum('requests')).toBeLessThanOrEqual(1.5 * happened.requests + 60);
      expect(sum('errors')).toBeLessThanOrEqual(1.5 * happened.errors + 5);
    }),
    { numRuns: 100 },
  );
});

describeOn(PROMETHEUS, 'two processes behind one address, scraped by a real Prometheus', (executable) => {
  const releasers = new Releasers();
  const processes = [
    { good: 1800, failed: 200 },
    { good: 495, failed: 5 },
  ];
  let scrapes = 0;
  let source: MetricSource;
  const query = { service: 'shop', backend: 'green', target: 'green' };

  beforeAll(async () => {
    const exporter = await startCustomBackend((_, response) => {
      const shown = processes[scrapes % 2];
      scrapes += 1;
      for (const process of processes) process.good += 3;
      const line = (code: string, value = 0): string => `hits_total{slot="green",code="${code}"} ${String(value)}\n`;
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(`# TYPE hits_total counter\n${line('200', shown?.good)}${line('500', shown?.failed)}`);
    });
    releasers.add(exporter, (running) => running.stop());
    const prometheus = await startPrometheus({
      executable,
      jobs: [{ job: 'app', targets: [new URL(exporter.url).host] }],
      scrapeIntervalMs: 250,
    });
    releasers.add(prometheus, (running) => running.stop());
    source = createPrometheusMetrics(
      { name: 'metrics "prom"', url: prometheus.url, timeoutMs: 2000, access: {}, selectors: SELECTORS },
      () => '',
    );
  });

  afterAll(() => releasers.releaseAll());

  test('are no data with a reason, before a rollout begins and in its stages [W22]', async () => {
    await until('ten scrapes', () => scrapes >= 10);
    const cause = /^several processes answer in turn at 127\.0\.0\.1:\d+: .*, which no restart does; /;
    await until('the cause to be known before a rollout', async () => {
      const caveats = (await source.caveats?.(query)) ?? [];
      return caveats.some((caveat) => cause.test(caveat));
    });
    const toMs = Date.now();
    const range = { ...query, fromMs: toMs - 2000, toMs, stepMs: 1000 };
    expect(await source.samples(range)).toEqual(['no-data', 'no-data']);
    expect(await source.whyUnknown?.(range)).toMatch(cause);
  });
});
