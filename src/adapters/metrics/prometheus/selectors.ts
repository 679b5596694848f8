import type { LatencyUnit } from './buckets.js';

/** Where the raw counters of a backend are: selectors with `{{service}}` and `{{backend}}`, without any function. */
export interface Selectors {
  readonly requests: string;
  readonly errors: string;
  /** Of the requests, those that ended before the backend began to answer. Without it they are not told apart. */
  readonly unanswered?: string;
  /** Cumulative buckets of a classic histogram; without it there are no latencies. */
  readonly latency?: { readonly buckets: string; readonly unit: LatencyUnit };
  /**
   * Series that are there as soon as the data plane knows the backend, also without a request.
   *
   * @default `requests`: a backend that nobody has asked yet then has no data instead of zeros
   */
  readonly presence?: string;
}

/** Data planes whose counters are known. */
export const TEMPLATES = {
  gateway: {
    presence: 'headgate_gateway_backend_weight_percent{route="{{service}}",backend="{{backend}}"}',
    requests: 'headgate_gateway_requests_total{route="{{service}}",backend="{{backend}}"}',
    errors: 'headgate_gateway_requests_total{route="{{service}}",backend="{{backend}}",code=~"5.."}',
    unanswered: 'headgate_gateway_unanswered_requests_total{route="{{service}}",backend="{{backend}}"}',
    latency: {
      buckets: 'headgate_gateway_request_duration_seconds_bucket{route="{{service}}",backend="{{backend}}"}',
      unit: 's',
    },
  },
  envoy: {
    presence: 'envoy_cluster_membership_total{envoy_cluster_name="{{backend}}"}',
    requests: 'envoy_cluster_upstream_rq_xx{envoy_cluster_name="{{backend}}"}',
    errors: 'envoy_cluster_upstream_rq_xx{envoy_cluster_name="{{backend}}",envoy_response_code_class="5"}',
    latency: { buckets: 'envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="{{backend}}"}', unit: 'ms' },
  },
  haproxy: {
    requests: 'haproxy_backend_http_responses_total{proxy="{{backend}}"}',
    errors: 'haproxy_backend_http_responses_total{proxy="{{backend}}",code="5xx"}',
  },
} as const satisfies Readonly<Record<string, Selectors>>;

/** `selectors`, with more labels that every series must have, e.g. `{ cluster: 'eu-1' }`. */
export function withLabels(selectors: Selectors, labels: Readonly<Record<string, string>>): Selectors {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const also = (selector: string): string => {
    const [, metric = '', inside = ''] = /^([^{]*)(?:\{(.*)\})?\s*$/s.exec(selector) ?? [];
    return `${metric}{${[inside.replace(/,\s*$/, ''), ...matchers].filter((part) => part !== '').join(',')}}`;
  };
  const { requests, errors, unanswered, latency, presence } = selectors;
  if (matchers.length === 0) return selectors;
  return {
    requests: also(requests),
    errors: also(errors),
    ...(unanswered === undefined ? {} : { unanswered: also(unanswered) }),
    ...(latency === undefined ? {} : { latency: { ...latency, buckets: also(latency.buckets) } }),
    ...(presence === undefined ? {} : { presence: also(presence) }),
  };
}
