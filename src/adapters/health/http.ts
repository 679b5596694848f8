import { Agent, request } from 'undici';
import { faultOf, type ProbeAnswer } from '../../domain/health/answer.js';
import { pathOf, type HealthEndpoint } from '../../domain/health/health-plan.js';
import type { HealthProbe, ProbeResult, ProbeTarget } from '../../ports/health-probe.js';
import { isBelow } from '../http/below.js';
import { withDeadline } from '../http/deadline.js';
import { describeFailure } from '../http/json-client.js';

/** The most of a body that is told: enough for a version and a reason. */
const TOLD_BYTES = 4096;

/** The most that is read where the plan says what must stand in it. */
const BODY_LIMIT_BYTES = 65_536;

/** Probes by GET. Healthy is a status of 200 to 299 in time, or what the endpoint asks for; no redirect is followed. */
export function createHttpProbe(): HealthProbe {
  // Every probe on a connection of its own: an old one would say that the process lives, not that it still accepts.
  const dispatcher = new Agent({ pipelining: 0 });
  return {
    async probe(target, endpoint, timeoutMs, signal) {
      const startedAtMs = performance.now();
      const latencyMs = (): number => Math.round((performance.now() - startedAtMs) * 10) / 10;
      try {
        const url = urlOf(target, pathOf(endpoint));
        const { body, ...answer } = await get(dispatcher, url, { timeoutMs, mostBytes: mostBytesOf(endpoint) }, signal);
        const read = { ...answer, body: body.toString('utf8'), latencyMs: latencyMs() };
        const fault = faultOf(read, endpoint);
        if (fault !== null) return unhealthy(read.latencyMs, fault);
        return { healthy: true, latencyMs: read.latencyMs, body: body.subarray(0, TOLD_BYTES).toString('utf8') };
      } catch (error) {
        signal?.throwIfAborted();
        return { ...unhealthy(latencyMs(), describeFailure(error)), ...(isNobodyThere(error) ? { up: false } : {}) };
      }
    },
  };
}

function mostBytesOf(endpoint: HealthEndpoint): number {
  const asksOfBody = typeof endpoint === 'object' && (endpoint.contains !== undefined || endpoint.json !== undefined);
  return asksOfBody ? BODY_LIMIT_BYTES : TOLD_BYTES;
}

async function get(
  dispatcher: Agent,
  url: URL,
  { timeoutMs, mostBytes }: { readonly timeoutMs: number; readonly mostBytes: number },
  outer: AbortSignal | undefined,
): Promise<Pick<ProbeAnswer, 'status' | 'location' | 'isCut'> & { readonly body: Buffer }> {
  return withDeadline(timeoutMs, outer, async (signal) => {
    const answer = await request(url, { dispatcher, signal, headers: { 'user-agent': 'headgate-probe' } });
    const parts: Buffer[] = [];
    let size = 0;
    // Leaving the loop destroys the body, and with it the connection.
    for await (const part of answer.body as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size > mostBytes) break;
    }
    const { location } = answer.headers;
    const isRedirect = answer.statusCode >= 300 && answer.statusCode < 400;
    return {
      status: answer.statusCode,
      ...(isRedirect && typeof location === 'string' ? { location } : {}),
      body: Buffer.concat(parts).subarray(0, mostBytes),
      isCut: size > mostBytes,
    };
  });
}

/** The endpoint below the base URL, whatever path that has. */
function urlOf(target: ProbeTarget, endpoint: string): URL {
  const url = new URL(`${target.url.replace(/\/+$/, '')}/${endpoint.replace(/^\/+/, '')}`);
  if (!isBelow(url.href, target.url)) throw new Error(`${endpoint} leads out of ${target.url}`);
  return url;
}

function unhealthy(latencyMs: number, reason: string): ProbeResult {
  return { healthy: false, latencyMs, reason };
}

const NOBODY_THERE: readonly unknown[] = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'];

function isNobodyThere(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NOBODY_THERE.includes(error.code);
}
