import { expect, test } from 'vitest';
import type { WatchPicture } from '../../../src/domain/traffic/picture.js';
import type { RolloutStatus } from '../../../src/domain/staged-traffic/status.js';
import type { WatchedStage } from '../../../src/ports/rollout-observer.js';
import type { InFlight } from '../../../src/worker/metrics/in-flight.js';
import { RolloutMetrics } from '../../../src/worker/metrics/rollout-metrics.js';

const STAGE: WatchedStage = { service: 'checkout', roles: { baseline: 'blue', candidate: 'green' }, sharePercent: 25 };

function metricsOf(inFlight: () => readonly InFlight[] | null = () => []): RolloutMetrics {
  return new RolloutMetrics(
    1000,
    () => true,
    () => Promise.resolve(inFlight()),
  );
}

/** The series of one scrape whose name begins so, comments left out. */
async function series(metrics: RolloutMetrics, prefix = 'headgate_'): Promise<string[]> {
  const { text } = await metrics.expose();
  return text.split('\n').filter((line) => line.startsWith(prefix));
}

function picture(change: Partial<WatchPicture> = {}): WatchPicture {
  return {
    at: '2027-01-01T00:00:00.000Z',
    stage: 2,
    observed: [
      { backend: 'green', percent: 24.8 },
      { backend: 'blue', percent: 75.2 },
    ],
    checks: [],
    verdict: 'successful',
    healthScore: 0.98,
    probeSuccess: 1,
    candidateRequests: 100,
    trouble: [],
    ...change,
  };
}

function ended(change: Partial<RolloutStatus> = {}): RolloutStatus {
  return {
    service: 'checkout',
    outcome: 'rolledBack',
    stop: { cause: 'breach', at: '2027-01-01T00:10:00.000Z' },
    startedAt: '2027-01-01T00:00:00.000Z',
    endedAt: '2027-01-01T00:10:00.200Z',
    moved: true,
    ...change,
  } as RolloutStatus;
}

test('shows what is in flight and who needs a person, as Temporal says it at the scrape', async () => {
  let inFlight: readonly InFlight[] | null = [
    { service: 'checkout', phase: 'progressing', needsHuman: false },
    { service: 'orders', phase: 'rollingBack', needsHuman: true },
  ];
  const metrics = metricsOf(() => inFlight);
  expect(await series(metrics, 'headgate_rollout_')).toEqual([
    'headgate_rollout_in_flight{service="checkout",phase="progressing"} 1',
    'headgate_rollout_in_flight{service="orders",phase="rollingBack"} 1',
    'headgate_rollout_needs_human{service="checkout",phase="progressing"} 0',
    'headgate_rollout_needs_human{service="orders",phase="rollingBack"} 1',
  ]);
  inFlight = [];
  expect(await series(metrics, 'headgate_rollout_')).toEqual([]);
});

test('leaves out what Temporal does not say, instead of repeating what it said last', async () => {
  let inFlight: readonly InFlight[] | null = [{ service: 'checkout', phase: 'progressing', needsHuman: true }];
  const metrics = metricsOf(() => inFlight);
  expect(await series(metrics, 'headgate_temporal_up')).toEqual(['headgate_temporal_up 1']);
  inFlight = null;
  expect(await series(metrics, 'headgate_temporal_up')).toEqual(['headgate_temporal_up 0']);
  expect(await series(metrics, 'headgate_rollout_')).toEqual([]);
});

test('shows the desired and the observed weights of a stage, and its checks', async () => {
  const metrics = metricsOf();
  metrics.watching(STAGE).saw(
    picture({
      checks: [
        { name: 'latencyP99', bound: 'max 500 ms', value: 120, verdict: 'successful' },
        { name: 'latencyP99', bound: 'max +50 %', value: null, verdict: 'inconclusive' },
      ] as unknown as WatchPicture['checks'],
    }),
  );
  expect(await series(metrics, 'headgate_rollout_weight_ratio')).toEqual([
    'headgate_rollout_weight_ratio{service="checkout",backend="green",kind="desired"} 0.25',
    'headgate_rollout_weight_ratio{service="checkout",backend="blue",kind="desired"} 0.75',
    'headgate_rollout_weight_ratio{service="checkout",backend="green",kind="observed"} 0.248',
    'headgate_rollout_weight_ratio{service="checkout",backend="blue",kind="observed"} 0.752',
  ]);
  expect(await series(metrics, 'headgate_check_')).toEqual([
    'headgate_check_value{service="checkout",check="latencyP99",bound="max 500 ms"} 120',
    'headgate_check_verdict{service="checkout",check="latencyP99",bound="max 500 ms",verdict="successful"} 1',
    'headgate_check_verdict{service="checkout",check="latencyP99",bound="max +50 %",verdict="inconclusive"} 1',
  ]);
});

test('says which source a watch gets no answer from, until it answers again [C-14]', async () => {
  const metrics = metricsOf();
  const watch = metrics.watching(STAGE);
  watch.saw(picture({ trouble: ['connection refused'], blind: ['metrics'] }));
  expect(await series(metrics, 'headgate_watch_blind')).toEqual([
    'headgate_watch_blind{service="checkout",source="metrics"} 1',
    'headgate_watch_blind{service="checkout",source="router"} 0',
  ]);
  watch.saw(picture({ trouble: ['router: these are words of somebody else'] }));
  expect((await series(metrics, 'headgate_watch_blind')).every((line) => line.endsWith(' 0'))).toBe(true);
});

test('says nothing of a stage that it no longer guards, and keeps the watch that replaced an older one', async () => {
  const metrics = metricsOf();
  const first = metrics.watching(STAGE);
  const second = metrics.watching({ ...STAGE, sharePercent: 10 });
  first.ended();
  expect(await series(metrics, 'headgate_watch_running')).toEqual(['headgate_watch_running{service="checkout"} 1']);
  expect(await series(metrics, 'headgate_rollout_weight_ratio')).toContain(
    'headgate_rollout_weight_ratio{service="checkout",backend="green",kind="desired"} 0.1',
  );
  second.ended();
  expect(await series(metrics, 'headgate_watch_running')).toEqual([]);
  expect(await series(metrics, 'headgate_rollout_weight_ratio')).toEqual([]);
});

test('counts the ends of rollouts by what stopped them, and how long the undo took', async () => {
  const metrics = metricsOf();
  metrics.concluded(ended());
  metrics.concluded(ended({ outcome: 'promoted', stop: null }));
  metrics.concluded(ended({ outcome: 'aborted', stop: { cause: 'preflight', at: ended().endedAt }, moved: false }));
  expect(await series(metrics, 'headgate_rollout_outcomes_total')).toEqual([
    'headgate_rollout_outcomes_total{service="checkout",outcome="rolledBack",reason="breach"} 1',
    'headgate_rollout_outcomes_total{service="checkout",outcome="promoted",reason="passed"} 1',
    'headgate_rollout_outcomes_total{service="checkout",outcome="aborted",reason="preflight"} 1',
  ]);
  expect(await series(metrics, 'headgate_abort_latency_seconds_count')).toEqual([
    'headgate_abort_latency_seconds_count 1',
  ]);
  expect(await series(metrics, 'headgate_abort_latency_seconds_sum')).toEqual([
    'headgate_abort_latency_seconds_sum 0.2',
  ]);
});

test('what became of hooks is counted, those that got no answer too [M-08]', async () => {
  const metrics = metricsOf();
  metrics.ranHook({ hook: 'chat', moment: 'completed', answer: 'unknown' });
  metrics.ranHook({ hook: 'chat', moment: 'completed', answer: 'unknown' });
  expect(await series(metrics, 'headgate_hook')).toEqual([
    'headgate_hook_answers_total{hook="chat",moment="completed",answer="unknown"} 2',
  ]);
});
