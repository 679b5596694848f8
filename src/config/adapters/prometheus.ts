import { z } from 'zod';
import { map } from '../../spec/reading/schema.js';
import { definedOnly } from '../../spec/defined-only.js';
import { DEFAULT_QUERY_TIMEOUT_MS } from './defaults.js';
import { duration, url } from '../fields.js';
import { accessShape, buildAccess, type AccessConfig } from './access.js';

/** Data planes whose counters Headgate knows. */
export const PROMETHEUS_TEMPLATES = ['gateway', 'envoy', 'haproxy'] as const;

/** Where raw counters are, with `{{service}}` and `{{backend}}`. */
export interface PrometheusSelectors {
  readonly requests: string;
  readonly errors: string;
  readonly unanswered?: string;
  readonly latency?: { readonly buckets: string; readonly unit: 's' | 'ms' };
  readonly presence?: string;
}

/** A server that speaks Prometheus' HTTP API. */
export interface PrometheusConfig {
  readonly kind: 'prometheus';
  /** What comes before `/api/v1`. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly counters: (typeof PROMETHEUS_TEMPLATES)[number] | PrometheusSelectors;
  /** Labels that every series must have. */
  readonly labels: Readonly<Record<string, string>>;
  readonly access: AccessConfig;
}

const SELECTOR = /^\s*([a-zA-Z_:][\w:]*\s*(\{[^{}()[\]]*\})?|\{[^{}()[\]]+\})\s*$/;
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

function selector(description: string, flawOf = flawOfCounters): z.ZodString {
  return z
    .string()
    .superRefine((given, context) => {
      const flaw = flawOf(given);
      if (flaw !== null) context.addIssue({ code: 'custom', message: flaw.message, params: { ...flaw } });
    })
    .describe(description);
}

interface Flaw {
  readonly rule: string;
  readonly message: string;
  readonly expected: string;
  readonly remedy?: string;
}

function flawOfSelector(given: string): Flaw | null {
  const bare = given.replaceAll(/\{\{\s*(service|backend)\s*\}\}/g, 'x').replaceAll(QUOTED, '""');
  if (!SELECTOR.test(bare))
    return {
      rule: 'prometheus.selector',
      message: 'Headgate counts from raw counters, and this is not the selector of some',
      expected: 'a metric with labels, e.g. http_requests_total{backend="{{backend}}"}',
      remedy: 'Write it without functions such as rate() and without a range such as [1m]',
    };
  return null;
}

function flawOfCounters(given: string): Flaw | null {
  const flaw = flawOfSelector(given);
  if (flaw !== null) return flaw;
  if (!/\{\{\s*backend\s*\}\}/.test(given))
    return {
      rule: 'prometheus.backend',
      message: 'This selects the same series for both backends',
      expected: 'a label with {{backend}}',
    };
  return null;
}

const LABEL = /^[a-zA-Z_]\w*$/;

const label = z.string().superRefine((name, context) => {
  if (LABEL.test(name)) return;
  context.addIssue({
    code: 'custom',
    message: 'This is not the name of a label',
    params: { rule: 'prometheus.label', expected: 'letters, digits and "_"' },
  });
});

export const prometheusSchema = map({
  kind: z.literal('prometheus').describe('Prometheus, or a server that speaks its HTTP API.'),
  url: url('What comes before /api/v1.', 'http://127.0.0.1:9090'),
  timeout: duration('How long an answer may take. Default 10s.', '10s').optional(),
  template: z.enum(PROMETHEUS_TEMPLATES).optional().describe('The data plane whose counters are scraped.'),
  requests: selector('Counters of requests, raw.').optional(),
  errors: selector('Counters of failed requests, raw: among those of requests.').optional(),
  unanswered: selector(
    'Counters of requests that nobody answered, raw: among those of requests. Without it they count as answered.',
  ).optional(),
  latency: map({
    buckets: selector('The buckets of a classic histogram: …_bucket.'),
    unit: z.enum(['s', 'ms']).describe('What the label le is counted in.'),
  })
    .optional()
    .describe('Without it checks on latencies have no data.'),
  presence: selector(
    'Series that are there as soon as a backend is known, also without a request. Default: those of requests.',
    // A proxy that counts for both backends is there for both.
    flawOfSelector,
  ).optional(),
  labels: z.record(label, z.string()).optional().describe('Labels that every series must have as well.'),
  ...accessShape,
}).superRefine(({ template, requests, errors, unanswered, latency, presence }, context) => {
  const own = [requests, errors, unanswered, latency, presence].some((written) => written !== undefined);
  if (template === undefined ? requests !== undefined && errors !== undefined : !own) return;
  context.addIssue({
    code: 'custom',
    path: template !== undefined && own ? ['template'] : [],
    message: 'Which counters?',
    params: {
      rule: 'prometheus.counters',
      expected: `either template: ${PROMETHEUS_TEMPLATES.join(', ')}; or requests: and errors:`,
    },
  });
});

export function buildPrometheus(written: z.output<typeof prometheusSchema>): PrometheusConfig {
  const { kind, url: base, timeout, template, requests = '', errors = '', labels = {} } = written;
  const { unanswered, latency, presence } = written;
  return {
    kind,
    url: base,
    timeoutMs: timeout ?? DEFAULT_QUERY_TIMEOUT_MS,
    counters: template ?? { requests, errors, ...definedOnly({ unanswered, latency, presence }) },
    labels,
    access: buildAccess(written),
  };
}
