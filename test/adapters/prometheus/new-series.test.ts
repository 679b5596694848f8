import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPrometheusMetrics } from '../../../src/adapters/metrics/prometheus/source.js';
import type { TrafficSample } from '../../../src/domain/analysis/sample.js';
import type { MetricSource } from '../../../src/ports/metric-source.js';
import { startCustomBackend } from '../../gateway/support/custom-backend.js';
import { PROMETHEUS, startPrometheus } from '../../helpers/prometheus-server.js';
import { describeOn } from '../../helpers/real-servers.js';
import { until } from '../../helpers/until.js';
import { Releasers } from '../../gateway/support/gateway.js';

const MESH = {
  requests: 'istio_requests_total{destination_workload="{{backend}}"}',
  errors: 'istio_requests_total{destination_workload="{{backend}}",response_code=~"5.."}',
};

const BLUE = { service: 'shop', backend: 'blue', target: 'shop-blue' };

/** The counters of a mesh: `200 -` is a response code and the flags beside it. */
type Counters = Readonly<Record<string, number>>;

function exposition(counters: Counters): string {
  const lines = Object.entries(counters).map(([outcome, value]) => {
    const [code = '', flags = ''] = outcome.split(' ');
    return `istio_requests_total{destination_workload="shop-blue",response_code="${code}",response_flags="${flags}"} ${String(value)}`;
  });
  return `# TYPE istio_requests_total counter\n${lines.join('\n')}\n`;
}

describeOn(PROMETHEUS, 'counters of its own, scraped by a real Prometheus', (executable) => {
  const releasers = new Releasers();
  let counters: Counters = { '200 -': 1000, '200 DC': 10 };
  let scrapes = 0;
  let prometheusUrl: string;

  const sourceWith = (presence?: string): MetricSource =>
    createPrometheusMetrics(
      {
        name: 'metrics "prom"',
        url: prometheusUrl,
        timeoutMs: 2000,
        access: {},
        selectors: { ...MESH, ...(presence === undefined ? {} : { presence }) },
      },
      () => '',
    );

  const scraped = async (times: number): Promise<void> => {
    const before = scrapes;
    await until(`${String(times)} more scrapes`, () => scrapes >= before + times);
  };

  /** What was counted while `change` happened, in one step. */
  async function counted(sources: readonly MetricSource[], change: () => void): Promise<readonly TrafficSample[]> {
    const fromMs = Date.now();
    // A scrape that is under way, and is stamped with a moment before, must not show the change.
    await scraped(2);
    change();
    await scraped(3);
    const toMs = Date.now();
    return Promise.all(
      sources.map((source) =>
        // Series that went are waited for until they count as gone.
        until('what was counted to be known', async () => {
          const [sample] = await source.samples({ ...BLUE, fromMs, toMs, stepMs: toMs - fromMs });
          return sample === 'no-data' ? undefined : sample;
        }),
      ),
    );
  }

  beforeAll(async () => {
    const exporter = await startCustomBackend((_, response) => {
      scrapes += 1;
      response.setHeader('content-type', 'text/plain; version=0.0.4').end(exposition(counters));
    });
    releasers.add(exporter, (running) => running.stop());
    const prometheus = await startPrometheus({
      executable,
      jobs: [{ job: 'mesh', targets: [new URL(exporter.url).host] }],
      scrapeIntervalMs: 250,
    });
    releasers.add(prometheus, (running) => running.stop());
    prometheusUrl = prometheus.url;
    await until('it is scraped', async () => (await sourceWith().resolutionMs?.(BLUE)) !== 'no-data');
  });

  afterAll(() => releasers.releaseAll());

  test('the first failures count when nothing but the outcome is new', async () => {
    const [sample] = await counted([sourceWith()], () => (counters = { ...counters, '500 -': 4 }));
    expect(sample).toMatchObject({ requests: 4, errors: 4 });
  });

  test('the first failures of a combination of labels that is new count where presence says who was there', async () => {
    const [alone, presented] = await counted(
      [sourceWith(), sourceWith('up{job="mesh"}')],
      () => (counters = { ...counters, '503 UC': 7 }),
    );
    expect(presented).toMatchObject({ requests: 7, errors: 7 });
    expect(alone).toMatchObject({ requests: 0, errors: 0 });
  });

  test('a process that is started anew brings no failures from before', async () => {
    const sources = [sourceWith(), sourceWith('up{job="mesh"}')];
    for (const sample of await counted(sources, () => (counters = { '200 -': 3, '503 UC': 1 })))
      expect(sample).toMatchObject({ requests: 4, errors: 1 });
  });

  test('without presence it is said which labels make combinations whose first scrape does not count', async () => {
    expect(await sourceWith().caveats?.(BLUE)).toEqual([
      expect.stringMatching(/differ by response_flags: .*set presence: in headgate\.yaml/),
    ]);
    expect(await sourceWith('up{job="mesh"}').caveats?.(BLUE)).toEqual([]);
  });
});
