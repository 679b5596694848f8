import { AdapterUnavailableError } from '../../../domain/errors.js';
import type { MetricSource, ScalarQuery } from '../../../ports/metric-source.js';
import { isBelow } from '../../http/below.js';
import { credentialsFor, type HttpAccess, type ReadSecret } from '../../http/access.js';
import { createJsonClient, describeFailure, type JsonAnswer } from '../../http/json-client.js';
import { remedyForTls } from '../../http/tls-trouble.js';
import { placeIn, valueAt } from '../../../domain/json-pointer.js';

/** A server that answers with JSON. */
export interface HttpJsonOptions {
  /** As errors call it, e.g. `metrics "queues"`. */
  readonly name: string;
  /** What every query is put behind. */
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly timeoutMs: number;
  readonly access: HttpAccess;
}

const NUMBER = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;

/** Single values from JSON over HTTP. A query is a path and a JSON pointer: `/queues/{{service}}#/depth`. */
export function createHttpJsonMetrics(options: HttpJsonOptions, readSecret: ReadSecret): MetricSource {
  const { name, url, method, timeoutMs } = options;
  const ask = createJsonClient(timeoutMs, credentialsFor(options.access, readSecret));

  async function scalar({ query }: ScalarQuery, signal?: AbortSignal): Promise<number | 'no-data'> {
    const place = placeIn(query);
    const address = place === undefined ? undefined : addressOf(place.path);
    if (place === undefined || address === undefined)
      throw new AdapterUnavailableError(name, 'the query is no path with a JSON pointer', {
        expected: `what comes after ${url}, e.g. /queues/checkout#/depth`,
        got: query,
        remedy: 'Correct query: in the specification',
      });
    const { status, body } = await answerOf(address, signal);
    if (status < 200 || status > 299 || (typeof body === 'string' && place.tokens.length > 0))
      throw new AdapterUnavailableError(name, 'it does not answer with JSON', {
        expected: `a JSON document with status 2xx from ${address}`,
        got: `${String(status)} ${shorten(body)}`,
      });
    return numberIn(valueAt(body, place.tokens), query);
  }

  /** Nothing that a query says leads away from the server, or above its path. */
  function addressOf(path: string): string | undefined {
    if (path !== '' && !/^[/?]/.test(path)) return undefined;
    const address = `${url}${path}`;
    return isBelow(address, url) ? address : undefined;
  }

  async function answerOf(address: string, signal: AbortSignal | undefined): Promise<JsonAnswer> {
    signal?.throwIfAborted();
    try {
      return await ask({ method, url: address, signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw new AdapterUnavailableError(name, 'it does not answer', {
        expected: `an answer of ${address}`,
        got: describeFailure(error),
        remedy: remedyForTls(address, error),
      });
    }
  }

  function numberIn(value: unknown, query: string): number | 'no-data' {
    if (value === undefined || value === null) return 'no-data';
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value === 'string' && NUMBER.test(value)) return Number(value);
    throw new AdapterUnavailableError(name, 'what stands there is no number', {
      expected: 'a number, or a number as text',
      got: shorten(value),
      remedy: `Correct what follows # in ${query}`,
    });
  }

  return {
    answersThePast: false,
    samples: (query) =>
      Promise.reject(
        new AdapterUnavailableError(name, 'it gives single values and counts no requests', {
          expected: 'a metric source that counts, e.g. prometheus',
          got: `a question for the traffic of ${query.backend}`,
          remedy: "Name another source as the service's metrics:, and this one as source: beside a query",
        }),
      ),
    scalar,
    fill: (query, values) =>
      query.replaceAll(/\{\{\s*(service|backend|version)\s*\}\}/g, (_, variable: keyof typeof values) =>
        encodeURIComponent(values[variable]),
      ),
  };
}

function shorten(body: unknown): string {
  const text = (typeof body === 'string' ? body : (JSON.stringify(body) as string | undefined)) ?? 'nothing';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
