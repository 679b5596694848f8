import { z } from 'zod';
import { AdapterUnavailableError } from '../../../domain/errors.js';
import { credentialsFor, type HttpAccess, type ReadSecret } from '../../http/access.js';
import { createJsonClient, describeFailure, type JsonAnswer } from '../../http/json-client.js';
import { remedyForTls } from '../../http/tls-trouble.js';
import { LONGEST_CLOCK_SKEW_MS } from './defaults.js';
import type { RawSample, RawSeries } from './raw-series.js';

/** A server that speaks Prometheus' HTTP API: Prometheus, Thanos, Mimir, VictoriaMetrics. */
export interface PrometheusServer {
  /** As errors call it, e.g. `metrics "prom"`. */
  readonly name: string;
  /** What comes before `/api/v1`. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly access: HttpAccess;
}

/** Values of one moment. */
export type InstantAnswer = readonly {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}[];

/** Throws {@link AdapterUnavailableError} unless the whole answer can be had and believed. */
export interface PrometheusApi {
  /** Every scrape of a selector's counters from `fromMs` to `toMs`. */
  raw(selector: string, fromMs: number, toMs: number, signal?: AbortSignal): Promise<readonly RawSeries[]>;
  /** The same of series that may be anything: of a value that is no number nothing is told. */
  present(selector: string, fromMs: number, toMs: number, signal?: AbortSignal): Promise<readonly RawSeries[]>;
  instant(query: string, atMs: number, signal?: AbortSignal): Promise<InstantAnswer>;
}

const labels = z.record(z.string(), z.string());
const pair = z.tuple([z.number(), z.string()]);

const answerSchema = z.object({
  status: z.literal('success'),
  warnings: z.array(z.string()).optional(),
  data: z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: labels, values: z.array(pair).optional() })),
    }),
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: labels, value: pair.optional() })),
    }),
    z.object({ resultType: z.literal('scalar'), result: pair }),
    z.object({ resultType: z.literal('string'), result: pair }),
  ]),
});

const refusalSchema = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() });

type Data = z.output<typeof answerSchema>['data'];

export function createPrometheusApi(server: PrometheusServer, readSecret: ReadSecret): PrometheusApi {
  const { name, url, timeoutMs } = server;
  const ask = createJsonClient(timeoutMs, credentialsFor(server.access, readSecret));
  const unavailable = (message: string, got: string, remedy?: string): AdapterUnavailableError =>
    new AdapterUnavailableError(name, message, { expected: `a whole answer of ${url}`, got, remedy });

  async function query(promql: string, atMs: number, signal: AbortSignal | undefined): Promise<Data> {
    signal?.throwIfAborted();
    const parameters = new URLSearchParams({ query: promql, time: String(atMs / 1000) });
    const sentMs = Date.now();
    let answer: JsonAnswer;
    try {
      answer = await ask({ url: `${url}/api/v1/query?${parameters.toString()}`, signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw unavailable('it does not answer', describeFailure(error), remedyForTls(url, error));
    }
    const data = understood(answer, promql);
    refuseOtherClock(answer.date, sentMs, Date.now());
    return data;
  }

  function understood({ status, body }: JsonAnswer, promql: string): Data {
    const refusal = refusalSchema.safeParse(body);
    if (refusal.success) {
      const { errorType, error } = refusal.data;
      const remedy = errorType === 'bad_data' ? `Correct the query: ${promql}` : undefined;
      throw unavailable('it refuses the query', `${String(status)} ${errorType}: ${error}`, remedy);
    }
    if (status !== 200)
      throw unavailable('it does not answer the query', `${String(status)} ${shorten(body)}`, remedyOf(status));
    const parsed = answerSchema.safeParse(body);
    if (!parsed.success) throw unavailable('it answers something that Prometheus would not', shorten(body), REMEDY_URL);
    const { warnings = [], data } = parsed.data;
    if (warnings.length > 0) throw unavailable('its answer may be only a part', `a warning: ${warnings.join('; ')}`);
    return data;
  }

  /** Counts belong to stages by time; with clocks apart they would belong to the wrong one. */
  function refuseOtherClock(date: string | null, sentMs: number, receivedMs: number): void {
    const saysMs = Date.parse(date ?? '');
    if (Number.isNaN(saysMs)) return;
    // The header has whole seconds.
    const aheadMs = saysMs - receivedMs;
    const behindMs = sentMs - (saysMs + 1000);
    if (aheadMs <= LONGEST_CLOCK_SKEW_MS && behindMs <= LONGEST_CLOCK_SKEW_MS) return;
    throw new AdapterUnavailableError(name, 'its clock and the one of this worker differ', {
      expected: `at most ${String(LONGEST_CLOCK_SKEW_MS / 1000)} s apart`,
      got: `${new Date(saysMs).toISOString()} there, ${new Date(receivedMs).toISOString()} here`,
      remedy: 'Let both machines keep time with NTP',
    });
  }

  /** Every scrape of a selector's series, whatever they show. */
  async function scraped(
    selector: string,
    fromMs: number,
    toMs: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly RawSeries[]> {
    const data = await query(`${selector}[${String(Math.ceil(toMs - fromMs))}ms]`, toMs, signal);
    if (data.resultType !== 'matrix') throw unavailable('it answers something else than raw samples', data.resultType);
    return data.result.map(({ metric, values }) => {
      if (values === undefined)
        throw unavailable(
          'a series is a native histogram',
          describe(metric),
          'Name the classic series that ends in _bucket',
        );
      return { labels: metric, samples: values.map(sampleOf) };
    });
  }

  return {
    async raw(selector, fromMs, toMs, signal) {
      const series = await scraped(selector, fromMs, toMs, signal);
      series.forEach(refuseOtherThanCounters);
      return series;
    },
    async present(selector, fromMs, toMs, signal) {
      const series = await scraped(selector, fromMs, toMs, signal);
      return series.map(({ labels: told, samples }) => ({
        labels: told,
        samples: samples.filter(({ value }) => !Number.isNaN(value)),
      }));
    },
    async instant(promql, atMs, signal) {
      const data = await query(promql, atMs, signal);
      if (data.resultType === 'scalar') return [{ labels: {}, value: numberOf(data.result[1]) }];
      if (data.resultType !== 'vector')
        throw unavailable('the query gives no single value', `a ${data.resultType}`, `Correct the query: ${promql}`);
      return data.result.map(({ metric, value }) => {
        if (value === undefined) throw unavailable('the value is a histogram', describe(metric));
        return { labels: metric, value: numberOf(value[1]) };
      });
    },
  };

  function refuseOtherThanCounters({ labels: told, samples }: RawSeries): void {
    const wrong = samples.find(({ value }) => !Number.isFinite(value) || value < 0);
    if (wrong !== undefined)
      throw unavailable('a counter shows what no counter can', `${written(wrong.value)} in ${describe(told)}`);
  }
}

function sampleOf([atSeconds, text]: readonly [number, string]): RawSample {
  return { atMs: Math.round(atSeconds * 1000), value: numberOf(text) };
}

const REMEDY_URL = 'Correct url: under metrics: in headgate.yaml; it is what comes before /api/v1';

function remedyOf(status: number): string | undefined {
  if (status === 401 || status === 403) return 'Correct auth: or headers: under metrics: in headgate.yaml';
  return status < 500 ? REMEDY_URL : undefined;
}

/** Prometheus writes numbers as Go does. */
function numberOf(text: string): number {
  if (/^[+-]?Inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text.trim() === '' ? NaN : Number(text);
}

function written(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : `${value > 0 ? '+' : '-'}Inf`;
}

/** A series as Prometheus writes it. */
export function describe({ __name__: name = '', ...others }: Readonly<Record<string, string>>): string {
  return `${name}{${Object.entries(others)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`;
}

function shorten(body: unknown): string {
  const text = (typeof body === 'string' ? body : (JSON.stringify(body) as string | undefined)) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
