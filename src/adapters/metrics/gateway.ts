import type { LatencyBucket, Sampled, TrafficSample } from '../../domain/analysis/sample.js';
import { AdapterUnavailableError } from '../../domain/errors.js';
import type { MetricSource, SampleQuery } from '../../ports/metric-source.js';
import {
  createGatewayAdmins,
  describeInstanceFailure,
  type CountsAnswer,
  type GatewayAdmin,
  type GatewayInstances,
} from '../gateway/admin-api.js';

const NAME = 'metrics "gateway"';

/** Counts from the embedded data plane's own memory, summed over its instances. */
export function createGatewayMetrics(options: GatewayInstances): MetricSource {
  const admins = createGatewayAdmins(options);
  return {
    samples: (query, signal) => samples(admins, query, signal),
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
  admins: readonly GatewayAdmin[],
  { service, target, patienceMs, ...range }: SampleQuery,
  signal: AbortSignal | undefined,
): Promise<readonly Sampled[]> {
  signal?.throwIfAborted();
  const answers = await Promise.allSettled(
    admins.map((admin) => admin.samples(service, target, range, { signal, patienceMs })),
  );
  signal?.throwIfAborted();
  const counted: CountsAnswer[] = [];
  const failures: string[] = [];
  answers.forEach((answer, index) => {
    if (answer.status === 'fulfilled') counted.push(answer.value);
    else failures.push(describeInstanceFailure(admins[index]?.instance ?? '', answer.reason));
  });
  // The requests that one instance saw are missing in the sum: that is not a smaller number, it is an unknown one.
  if (failures.length > 0) {
    throw new AdapterUnavailableError(
      NAME,
      `${String(failures.length)} of ${String(admins.length)} instances did not tell`,
      {
        expected: `samples of ${target} of ${service}`,
        got: failures.join('; '),
      },
    );
  }
  return sumOf(counted);
}

function sumOf(answers: readonly CountsAnswer[]): readonly Sampled[] {
  const [first, ...others] = answers.map(toSamples);
  if (first === undefined) throw new AdapterUnavailableError(NAME, 'no instance is configured');
  return others.reduce((sum, samples) => {
    if (samples.length !== sum.length) throw new AdapterUnavailableError(NAME, 'its instances cut time differently');
    return sum.map((sampled, step) => plus(sampled, samples[step] ?? 'no-data'));
  }, first);
}

function toSamples({ latencyBoundsMs, samples: counts }: CountsAnswer): readonly Sampled[] {
  const bounds = [...latencyBoundsMs, null];
  return counts.map((counted): Sampled => {
    if (counted === null) return 'no-data';
    const { requests, errors, unanswered = 0, latencyCounts } = counted;
    let count = 0;
    const latencyHistogram = bounds.map((leMs, index): LatencyBucket => {
      count += latencyCounts[index] ?? 0;
      return { leMs, count };
    });
    return { requests, errors, ...(unanswered > 0 ? { unanswered } : {}), latencyHistogram };
  });
}

function plus(a: Sampled, b: Sampled): Sampled {
  if (a === 'no-data' || b === 'no-data') return 'no-data';
  const unanswered = (a.unanswered ?? 0) + (b.unanswered ?? 0);
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    ...(unanswered > 0 ? { unanswered } : {}),
    latencyHistogram: histogramSum(a, b),
  };
}

function histogramSum(a: TrafficSample, b: TrafficSample): readonly LatencyBucket[] {
  const right = b.latencyHistogram ?? [];
  return (a.latencyHistogram ?? []).map(({ leMs, count }, index) => {
    const other = right[index];
    if (other?.leMs !== leMs) throw new AdapterUnavailableError(NAME, 'its instances have different latency buckets');
    return { leMs, count: count + other.count };
  });
}
