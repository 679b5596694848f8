import type { LatencyBucket, Sampled, TrafficSample } from '../../../domain/analysis/sample.js';
import { AdapterUnavailableError } from '../../../domain/errors.js';
import type { MetricSource, SampleQuery } from '../../../ports/metric-source.js';
import { unlessAborted } from '../../shared-look.js';
import { describeFailure } from '../../http/json-client.js';
import { CountedInstance } from './instance.js';

const NAME = 'metrics "envoy"';

export interface EnvoyMetricsOptions {
  /** Base URLs of the admin APIs, every instance. */
  readonly instances: readonly string[];
  /** How long one answer may take. */
  readonly timeoutMs: number;
  /** How often counters are read, so that the past can be told. */
  readonly intervalMs: number;
}

/** A source that looks by itself. */
export interface EnvoyMetrics extends MetricSource {
  /** Looks no more, until it is asked again. */
  stop(): void;
}

/**
 * Counts from Envoy's own counters, summed over its instances.
 *
 * Envoy remembers nothing but sums, so this process does, from the first question on: a worker that was started again
 * knows nothing of before. That is good enough to try it and for small set-ups; where it is not, use Prometheus.
 */
export function createEnvoyMetrics({ instances, ...options }: EnvoyMetricsOptions): EnvoyMetrics {
  const counted = instances.map((url) => new CountedInstance(url, options));
  return {
    samples: (query, signal) => samples(counted, query, signal),
    stop: () => counted.forEach((instance) => instance.stop()),
    whyUnknown: ({ target, fromMs, toMs }) => {
      const reasons = counted.map((instance) => instance.whyUnknown(target, fromMs, toMs));
      return Promise.resolve(reasons.find((why) => why !== null) ?? null);
    },
    scalar: ({ query }) =>
      Promise.reject(
        new AdapterUnavailableError(NAME, 'it counts requests, errors and latencies and knows no queries', {
          expected: 'a metric source with a query language, e.g. prometheus',
          got: query,
          remedy: 'Name another source for this metric, or use a check on counts such as errorRate or latencyP99.',
        }),
      ),
  };
}

async function samples(
  instances: readonly CountedInstance[],
  { service, target, fromMs, toMs, stepMs }: SampleQuery,
  signal: AbortSignal | undefined,
): Promise<readonly Sampled[]> {
  signal?.throwIfAborted();
  const edgesMs = Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, step) => fromMs + step * stepMs);
  edgesMs.push(toMs);
  const answers = await unlessAborted(
    Promise.allSettled(
      instances.map(async (instance) => {
        await instance.remember(service, target);
        await instance.look();
        return instance.samplesOf(target, edgesMs);
      }),
    ),
    signal,
  );
  const failures = answers.flatMap((answer, index) =>
    answer.status === 'rejected' ? [`${instances[index]?.url ?? ''}: ${describeFailure(answer.reason)}`] : [],
  );
  // The requests that one instance saw are missing in the sum: that is not a smaller number, it is an unknown one.
  if (failures.length > 0) {
    throw new AdapterUnavailableError(
      NAME,
      `${String(failures.length)} of ${String(instances.length)} instances did not tell`,
      { expected: `the counters of ${target} for ${service}`, got: failures.join('; ') },
    );
  }
  const told = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  return edgesMs.slice(1).map((_, step) => sumOf(told.map((one) => one[step] ?? 'no-data')));
}

function sumOf(samples: readonly Sampled[]): Sampled {
  const known = samples.filter((sample) => sample !== 'no-data');
  if (known.length < samples.length) return 'no-data';
  const unanswered = known.reduce((sum, sample) => sum + (sample.unanswered ?? 0), 0);
  return {
    requests: known.reduce((sum, { requests }) => sum + requests, 0),
    errors: known.reduce((sum, { errors }) => sum + errors, 0),
    ...(unanswered > 0 ? { unanswered } : {}),
    latencyHistogram: histogramSum(known),
  };
}

/** An instance that has measured no latency yet lists no bounds: it adds nothing. */
function histogramSum(samples: readonly TrafficSample[]): readonly LatencyBucket[] {
  const told = samples.map(({ latencyHistogram = [] }) => latencyHistogram).filter((buckets) => buckets.length > 1);
  const [first = [{ leMs: null, count: 0 }], ...others] = told;
  return others.reduce((sum, buckets) => {
    if (buckets.length !== sum.length || buckets.some(({ leMs }, index) => leMs !== sum[index]?.leMs))
      throw new AdapterUnavailableError(NAME, 'its instances have different latency buckets', {
        expected: 'the same histogram_bucket_settings in every bootstrap',
      });
    return sum.map(({ leMs, count }, index) => ({ leMs, count: count + (buckets[index]?.count ?? 0) }));
  }, first);
}
