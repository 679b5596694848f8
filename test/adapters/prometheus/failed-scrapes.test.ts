import fc from 'fast-check';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labelsWithin } from '../../../src/adapters/metrics/prometheus/labels.js';
import type { RawSeries } from '../../../src/adapters/metrics/prometheus/raw-series.js';
import { samplesOf } from '../../../src/adapters/metrics/prometheus/samples.js';
import { createPrometheusMetrics } from '../../../src/adapters/metrics/prometheus/source.js';
import { targetsIn } from '../../../src/adapters/metrics/prometheus/targets.js';
import type { Sampled, TrafficSample } from '../../../src/domain/analysis/sample.js';
import { startCustomBackend } from '../../gateway/support/custom-backend.js';
import { Releasers } from '../../gateway/support/gateway.js';
import { PROMETHEUS, startPrometheus } from '../../helpers/prometheus-server.js';
import { describeOn } from '../../helpers/real-servers.js';
import { until } from '../../helpers/until.js';
import { series } from './support.js';

const SELECTORS = {
  requests: 'hits_total{slot="{{backend}}"}',
  errors: 'hits_total{slot="{{backend}}",code="500"}',
  presence: 'up{job="app"}',
};
const WITHIN = labelsWithin(SELECTORS);

/** Long after everything. */
const LATER_MS = 1_000_000;

/** One scrape: what the process shows, or that it could not be had. */
type Scrape = { readonly good: number; readonly failed: number } | 'failed' | 'empty';

/** What Prometheus stores of them, a scrape every 10 ms. */
function stored(scrapes: readonly Scrape[], presence: (scrape: Scrape) => number, name = 'up') {
  const shown = (code: string, of: 'good' | 'failed'): RawSeries =>
    series(
      scrapes.flatMap((scrape, index): [number, number][] =>
        typeof scrape === 'string' ? [] : [[index * 10, scrape[of]]],
      ),
      { __name__: 'hits_total', code },
    );
  const requests = [shown('200', 'good'), shown('500', 'failed')];
  return {
    presence: [
      series(
        scrapes.map((scrape, index) => [index * 10, presence(scrape)]),
        { __name__: name },
      ),
    ],
    requests,
    errors: requests.slice(1),
    latency: [],
  };
}

function countedIn(answer: ReturnType<typeof stored>, toMs: number): Sampled | undefined {
  const targets = targetsIn(answer, WITHIN);
  return samplesOf(targets, { fromMs: 0, toMs, stepMs: toMs }, LATER_MS, null).samples[0];
}

const up = (scrape: Scrape): number => (scrape === 'failed' ? 0 : 1);

describe('a scrape that failed', () => {
  const long: readonly Scrape[] = [
    { good: 18_000, failed: 2000 },
    { good: 18_600, failed: 2000 },
  ];
  const later: Scrape = { good: 19_321, failed: 2000 };

  test('is none, though `up` is stored for it: nothing of long ago is counted anew [W20]', () => {
    const sample = countedIn(stored([...long, 'failed', later], up), 30);
    expect(sample).toEqual({ requests: 1321, errors: 0 });
  });

  test.each([
    ['scrape_samples_scraped', (scrape: Scrape) => (typeof scrape === 'string' ? 0 : 2)],
    ['scrape_samples_post_metric_relabeling', (scrape: Scrape) => (typeof scrape === 'string' ? 0 : 2)],
    // It is the same after a scrape that failed: only what is shown afterwards tells.
    ['scrape_duration_seconds', () => 0.004],
  ])('is none where presence is %s either [W20]', (name, presence) => {
    expect(countedIn(stored([...long, 'failed', later], presence, name), 30)).toEqual({ requests: 1321, errors: 0 });
  });

  test('and one that was answered with nothing, are as if they had not been [W20]', () => {
    const scrapes: readonly Scrape[] = [...long, 'empty', 'failed', 'empty', later];
    expect(countedIn(stored(scrapes, up), 50)).toEqual({ requests: 1321, errors: 0 });
  });

  test('hides no restart: what a new process shows was counted since [W20]', () => {
    const scrapes: readonly Scrape[] = [...long, 'empty', { good: 40, failed: 3 }];
    expect(countedIn(stored(scrapes, up), 30)).toEqual({ requests: 600 + 43, errors: 3 });
    expect(countedIn(stored([...long, 'failed', { good: 40, failed: 3 }], up), 30)).toEqual({
      requests: 600 + 43,
      errors: 3,
    });
  });

  test('leaves a first request as new as it is [W20]', () => {
    expect(countedIn(stored(['empty', 'failed', { good: 5, failed: 1 }], up), 20)).toEqual({ requests: 6, errors: 1 });
  });

  test('counts nothing twice and loses nothing, whichever scrapes fail [W20]', () => {
    const turn = fc.record({ good: fc.nat(50), failed: fc.nat(5), scrape: fc.constantFrom('had', 'failed', 'empty') });
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 20 }), (turns) => {
        let [good, failed] = [18_000, 2000];
        const scrapes: Scrape[] = [{ good, failed }];
        for (const one of turns) {
          good += one.good;
          failed += one.failed;
          scrapes.push(one.scrape === 'had' ? { good, failed } : one.scrape);
        }
        scrapes.push({ good, failed });
        const sample = countedIn(stored(scrapes, up), (scrapes.length - 1) * 10);
        expect(sample).toEqual({ requests: good - 18_000 + failed - 2000, errors: failed - 2000 });
      }),
    );
  });
});

/** By status and scrape, a scrape every 15 s; `null` where a scrape shows nothing of it. */
type Shown = Readonly<Record<string, readonly (number | null)[]>>;

const PERIOD_MS = 15_000;

function partly(shown: Shown, attempts: readonly number[], buckets: Shown = {}): Sampled | undefined {
  const of = (values: readonly (number | null)[], labels: Readonly<Record<string, string>>): RawSeries =>
    series(
      values.flatMap((value, index): [number, number][] => (value === null ? [] : [[index * PERIOD_MS, value]])),
      labels,
    );
  const requests = Object.entries(shown).map(([code, values]) => {
    const [status = '', flags] = code.split(' ');
    return of(values, { __name__: 'hits_total', code: status, ...(flags === undefined ? {} : { flags }) });
  });
  const answer = {
    presence: [of(attempts, { __name__: 'up' })],
    requests,
    errors: requests.filter(({ labels }) => labels['code'] === '500'),
    latency: Object.entries(buckets).map(([le, values]) => of(values, { __name__: 'seconds_bucket', le })),
  };
  const toMs = (attempts.length - 1) * PERIOD_MS;
  const steps = { fromMs: 0, toMs, stepMs: toMs };
  return samplesOf(targetsIn(answer, WITHIN), steps, LATER_MS, 's').samples[0];
}

describe('a scrape that shows only a part', () => {
  const FIVE = [1, 1, 1, 1, 1];

  test('makes no failure of long ago a new one: what is missing once is compared with what it showed last [W20]', () => {
    const shown = { 200: [1000, 1050, 1100, 1150, 1200], 500: [300, 300, null, 300, 300] };
    expect(partly(shown, FIVE)).toEqual({ requests: 200, errors: 0 });
    const good = { 200: [1000, 1050, null, 1150, 1200], 500: [300, 300, 300, 303, 303] };
    expect(partly(good, FIVE)).toEqual({ requests: 203, errors: 3 });
  });

  test('is no more after a scrape that failed: the failures come back one scrape later [W20]', () => {
    const shown = { 200: [1000, 1050, null, 1150, 1200, 1250], 500: [300, 300, null, null, 300, 302] };
    expect(partly(shown, [1, 1, 0, 1, 1, 1])).toEqual({ requests: 252, errors: 2 });
  });

  test('is no more after an empty one, from which one combination of labels comes back late [W20]', () => {
    const shown = { '200 -': [1000, 1050, null, 1150, 1200], '500 UC': [300, 300, null, null, 301] };
    expect(partly(shown, FIVE)).toEqual({ requests: 201, errors: 1 });
  });

  test.each(['0.5', '1', '+Inf'])('makes nobody slow where the bucket %s is missing once [W20]', (edge) => {
    const count = [20_000, 20_050, 20_100, 20_150, 20_200];
    const missing = count.map((value, index) => (index === 2 ? null : value));
    const buckets = { '0.5': count, '1': count, '+Inf': count, [edge]: missing };
    expect(partly({ 200: count }, FIVE, buckets)).toEqual({
      requests: 200,
      errors: 0,
      latencyHistogram: [500, 1000, null].map((leMs) => ({ leMs, count: 200 })),
    });
  });

  test('for longer than anybody remembers brings no lifetime of latencies either [W20]', () => {
    const count = Array.from({ length: 40 }, (_, index) => 20_000 + 50 * index);
    const missing = count.map((value, index) => (index === 0 ? value : null));
    const sample = partly(
      { 200: count },
      count.map(() => 1),
      { '0.5': count, '1': missing, '+Inf': count },
    );
    expect(
      sample === 'no-data' ? [] : (sample?.latencyHistogram ?? []).filter((bucket) => bucket.count > 1950),
    ).toEqual([]);
  });

  test('hides no restart: less than before was counted since, and so was what went with the others [W20]', () => {
    const shown = { 200: [1000, 1050, 40, 90, 140], 500: [300, 300, null, 250, 250] };
    expect(partly(shown, FIVE)).toEqual({ requests: 50 + 140 + 250, errors: 250 });
    const more = { 200: [1000, 1050, 40, 90, 140], 500: [30, 30, null, 35, 35] };
    expect(partly(more, FIVE)).toEqual({ requests: 50 + 140 + 35, errors: 35 });
  });

  test('leaves failures that were never seen before as new as they are [W20]', () => {
    const shown = { 200: [1000, 1050, 1100, 1150, 1200], 500: [null, null, 4, null, 6] };
    expect(partly(shown, FIVE)).toEqual({ requests: 206, errors: 6 });
  });
});

/** How the process answers. */
type Answer = 'whole' | 'unavailable' | 'empty';

describeOn(PROMETHEUS, 'a process whose scrapes fail, scraped by a real Prometheus', (executable) => {
  const releasers = new Releasers();
  let counters = { good: 18_000, failed: 2000 };
  let answer: Answer = 'whole';
  const answered: Record<Answer, number> = { whole: 0, unavailable: 0, empty: 0 };
  let url: string;

  const exposed = (response: ServerResponse): void => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    const line = (code: string, value: number): string => `hits_total{slot="green",code="${code}"} ${String(value)}\n`;
    response.end(`# TYPE hits_total counter\n${line('200', counters.good)}${line('500', counters.failed)}`);
  };

  const scraped = async (how: Answer, times: number): Promise<void> => {
    answer = how;
    const before = answered[how];
    await until(`${String(times)} scrapes that are ${how}`, () => answered[how] >= before + times);
  };

  beforeAll(async () => {
    const exporter = await startCustomBackend((_, response) => {
      answered[answer] += 1;
      if (answer === 'unavailable') response.writeHead(503).end('busy');
      else if (answer === 'empty') response.setHeader('content-type', 'text/plain; version=0.0.4').end('');
      else exposed(response);
    });
    releasers.add(exporter, (running) => running.stop());
    const prometheus = await startPrometheus({
      executable,
      jobs: [{ job: 'app', targets: [new URL(exporter.url).host] }],
      scrapeIntervalMs: 250,
    });
    releasers.add(prometheus, (running) => running.stop());
    url = prometheus.url;
  });

  afterAll(() => releasers.releaseAll());

  test.each(['unavailable', 'empty'] as const)(
    'one that is %s makes no failure of long ago a new one [W20]',
    async (how) => {
      const source = createPrometheusMetrics(
        { name: 'metrics "prom"', url, timeoutMs: 2000, access: {}, selectors: SELECTORS },
        () => '',
      );
      await scraped('whole', 3);
      const fromMs = Date.now();
      await scraped('whole', 2);
      await scraped(how, 1);
      counters = { ...counters, good: counters.good + 1321 };
      await scraped('whole', 3);
      const toMs = Date.now();
      const sample = await until('what was counted to be known', async (): Promise<TrafficSample | undefined> => {
        const query = { service: 'shop', backend: 'green', target: 'green', fromMs, toMs, stepMs: toMs - fromMs };
        const [one] = await source.samples(query);
        return one === 'no-data' ? undefined : one;
      });
      expect(sample).toEqual({ requests: 1321, errors: 0 });
    },
  );
});
