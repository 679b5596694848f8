import { z } from 'zod';
import { map } from '../../spec/reading/schema.js';
import { duration, url } from '../fields.js';
import { accessShape, buildAccess, type AccessConfig } from './access.js';
import { DEFAULT_QUERY_TIMEOUT_MS } from './defaults.js';

/** A server that answers queries with JSON: for values of checks that name it, not for counts. */
export interface HttpMetricsConfig {
  readonly kind: 'http';
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly timeoutMs: number;
  readonly access: AccessConfig;
}

export const httpMetricsSchema = map({
  kind: z.literal('http').describe('JSON over HTTP: single values, by a path and a JSON pointer.'),
  url: url('What every query is put behind.', 'https://queues.example.com/api'),
  method: z.enum(['GET', 'POST']).optional().describe('Default GET.'),
  timeout: duration('How long an answer may take. Default 10s.', '10s').optional(),
  ...accessShape,
});

export function buildHttpMetrics(written: z.output<typeof httpMetricsSchema>): HttpMetricsConfig {
  const { kind, url: base, method, timeout } = written;
  return {
    kind,
    url: base,
    method: method ?? 'GET',
    timeoutMs: timeout ?? DEFAULT_QUERY_TIMEOUT_MS,
    access: buildAccess(written),
  };
}
