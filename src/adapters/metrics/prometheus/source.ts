import { setTimeout as sleep } from 'node:timers/promises';
import type { Sampled } from '../../../domain/analysis/sample.js';
import { AdapterUnavailableError } from '../../../domain/errors.js';
import type { BackendQuery, MetricSource, SampleQuery } from '../../../ports/metric-source.js';
import type { ReadSecret } from '../../http/access.js';
import { createPrometheusApi, describe, type PrometheusApi, type PrometheusServer } from './api.js';
import { NoCommonBucketError } from './buckets.js';
import { LONGEST_GAP_MS, LONGEST_RANGE_MS, LONGEST_WAIT_MS, WAIT_STEP_MS } from './defaults.js';
import { labelsWithin } from './labels.js';
import { doubtsIn, whyDoubted, type Doubt } from './doubts.js';
import { fillPromql, UnwritableValueError } from './promql.js';
import { scrapePeriodOf } from './punctuality.js';
import { labelsOfCombinations, type RawAnswer } from './raw-series.js';
import { samplesOf, type Stepped } from './samples.js';
import type { Selectors } from './selectors.js';
import { partsOf, type Steps } from './steps.js';
import { targetsIn } from './targets.js';

export interface PrometheusOptions extends PrometheusServer {
  readonly selectors: Selectors;
}

/**
 * Counts from the raw counters that Prometheus has scraped: no `rate()`, which guesses at the edges and smooths what
 * matters. Every answer follows from the stored scrapes alone, so a restarted watch gets the same one again.
 */
export function createPrometheusMetrics(options: PrometheusOptions, readSecret: ReadSecret): MetricSource {
  const { name, selectors } = options;
  const api = createPrometheusApi(options, readSecret);
  const within = labelsWithin(selectors);

  const filled = (template: string, values: Readonly<Record<string, string>>): string => {
    try {
      return fillPromql(template, values);
    } catch (error) {
      if (!(error instanceof UnwritableValueError)) throw error;
      throw new AdapterUnavailableError(name, `{{${error.variable}}} cannot be written into the query`, {
        expected: error.message,
        got: error.value,
        remedy: `Put quotes around {{${error.variable}}}: ${template}`,
      });
    }
  };

  async function samples(query: SampleQuery, signal?: AbortSignal): Promise<readonly Sampled[]> {
    signal?.throwIfAborted();
    const answers: Sampled[] = [];
    for (const part of partsOf(query, LONGEST_RANGE_MS)) answers.push(...(await ask(query, part, signal)));
    return answers;
  }

  async function ask(query: SampleQuery, steps: Steps, signal?: AbortSignal): Promise<readonly Sampled[]> {
    for (;;) {
      const nowMs = Date.now();
      const { samples: stepped, dueSinceMs } = counted(await answerOn(query, steps, nowMs, signal), steps, nowMs);
      if (dueSinceMs === null || nowMs - dueSinceMs > LONGEST_WAIT_MS) return stepped;
      await pause(WAIT_STEP_MS, signal);
    }
  }

  /** Everything about one backend that bears on a range, scrapes just before and after it included. */
  async function answerOn(
    { service, target }: BackendQuery,
    { fromMs, toMs }: Pick<Steps, 'fromMs' | 'toMs'>,
    nowMs: number,
    signal?: AbortSignal,
  ): Promise<RawAnswer> {
    const { presence, requests, errors, unanswered, latency } = selectors;
    // A scrape after the range proves that none before its end is still under way.
    const untilMs = Math.min(nowMs, toMs + LONGEST_GAP_MS);
    const sinceMs = fromMs - LONGEST_GAP_MS;
    if (untilMs <= sinceMs) return NOTHING;
    const fetch = (of: 'raw' | 'present', template: string): ReturnType<PrometheusApi['raw']> =>
      api[of](filled(template, { service, backend: target }), sinceMs, untilMs, signal);
    const first = presence === undefined ? await fetch('raw', requests) : await fetch('present', presence);
    const [counts, failures, buckets, hung] = await Promise.all([
      presence === undefined ? first : fetch('raw', requests),
      fetch('raw', errors),
      latency === undefined ? [] : fetch('raw', latency.buckets),
      unanswered === undefined ? [] : fetch('raw', unanswered),
    ]);
    return { presence: first, requests: counts, errors: failures, latency: buckets, unanswered: hung };
  }

  function recently(of: 'raw' | 'present', template: string, { service, target }: BackendQuery, signal?: AbortSignal) {
    const nowMs = Date.now();
    return api[of](filled(template, { service, backend: target }), nowMs - 2 * LONGEST_GAP_MS, nowMs, signal);
  }

  function counted(answer: RawAnswer, steps: Steps, nowMs: number): Stepped & { readonly doubts: readonly Doubt[] } {
    const doubts = doubtsIn(answer, within);
    try {
      const unit = selectors.latency?.unit ?? null;
      return { ...samplesOf(targetsIn(answer, within), steps, nowMs, unit, doubts), doubts };
    } catch (error) {
      if (!(error instanceof NoCommonBucketError)) throw error;
      throw new AdapterUnavailableError(name, 'latencies cannot be added up: the targets have no bucket in common', {
        expected: 'the same buckets on every target',
        got: [...new Set(error.edges)].join(' and '),
        remedy: 'Give every instance the same histogram buckets',
      });
    }
  }

  return {
    countsLatencies: selectors.latency !== undefined,
    samples,
    fill: (query, values) => filled(query, { ...values }),
    async scalar({ query, atMs }, signal) {
      const values = await api.instant(query, atMs, signal);
      const [first, ...others] = values;
      if (first === undefined) return 'no-data';
      if (others.length > 0) {
        throw new AdapterUnavailableError(name, 'the query gives several values', {
          expected: 'one value',
          got: `${String(values.length)}: ${values
            .slice(0, 3)
            .map(({ labels }) => describe(labels))
            .join(', ')}`,
          remedy: `Add them up, e.g. sum(…): ${query}`,
        });
      }
      // 0/0: nothing to divide by is nothing to know, not a value.
      if (Number.isNaN(first.value)) return 'no-data';
      if (Number.isFinite(first.value)) return first.value;
      throw new AdapterUnavailableError(name, 'the query gives no finite number', {
        expected: 'one finite number',
        got: String(first.value),
        remedy: `Divide by what cannot be 0: ${query}`,
      });
    },
    async resolutionMs(query, signal) {
      const presence = await recently('present', selectors.presence ?? selectors.requests, query, signal);
      const periods = targetsIn({ ...NOTHING, presence }, within)
        .map(({ scrapes }) => scrapePeriodOf(scrapes))
        .filter((period) => period !== null);
      return periods.length === 0 ? 'no-data' : Math.max(...periods);
    },
    async caveats(query, signal) {
      const nowMs = Date.now();
      const steps = { fromMs: nowMs - LONGEST_GAP_MS, toMs: nowMs, stepMs: LONGEST_GAP_MS };
      const answer = await answerOn(query, steps, nowMs, signal);
      const doubted = whyDoubted(doubtsIn(answer, within), [], steps);
      const labels = selectors.presence === undefined ? labelsOfCombinations(answer.requests, within) : [];
      return [...(doubted === null ? [] : [doubted]), ...(labels.length === 0 ? [] : [combinationsCaveat(labels)])];
    },
    async whyUnknown(query, signal) {
      const [newest] = partsOf(query, LONGEST_RANGE_MS).slice(-1);
      if (newest === undefined) return null;
      const nowMs = Date.now();
      const { doubts, contradictions } = counted(await answerOn(query, newest, nowMs, signal), newest, nowMs);
      return whyDoubted(doubts, contradictions, newest);
    },
  };
}

function combinationsCaveat(labels: readonly string[]): string {
  return (
    `the counters of one target differ by ${labels.join(', ')}: what a new combination shows at its first scrape, ` +
    'failures included, is left out, for another process may have counted it before; unless these labels tell ' +
    'processes apart, set presence: in headgate.yaml, e.g. up{job="…"}'
  );
}

const NOTHING: RawAnswer = { presence: [], requests: [], errors: [], latency: [] };

/** Waits; a caller that gives up is answered with its own reason. */
async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
