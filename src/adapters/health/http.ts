import { Agent, request } from 'undici';
import type { HealthProbe, ProbeResult, ProbeTarget } from '../../ports/health-probe.js';
import { isBelow } from '../http/below.js';
import { withDeadline } from '../http/deadline.js';
import { describeFailure } from '../http/json-client.js';

/** The most of a body that is read: enough for a version and a reason. */
const BODY_LIMIT_BYTES = 4096;

/** Probes by GET. Healthy is a status of 200 to 299 in time; a redirect is not followed and not healthy. */
export function createHttpProbe(): HealthProbe {
  // Every probe on a connection of its own: an old one would say that the process lives, not that it still accepts.
  const dispatcher = new Agent({ pipelining: 0 });
  return {
    async probe(target, endpoint, timeoutMs, signal) {
      const startedAtMs = performance.now();
      const latencyMs = (): number => Math.round((performance.now() - startedAtMs) * 10) / 10;
      try {
        const { status, body } = await get(dispatcher, urlOf(target, endpoint), timeoutMs, signal);
        if (status >= 200 && status < 300) return { healthy: true, latencyMs: latencyMs(), body };
        const excerpt = body.trim().slice(0, 200);
        return unhealthy(latencyMs(), `answered ${String(status)}${excerpt === '' ? '' : `: ${excerpt}`}`);
      } catch (error) {
        signal?.throwIfAborted();
        return { ...unhealthy(latencyMs(), describeFailure(error)), ...(isNobodyThere(error) ? { up: false } : {}) };
      }
    },
  };
}

async function get(
  dispatcher: Agent,
  url: URL,
  timeoutMs: number,
  outer: AbortSignal | undefined,
): Promise<{ readonly status: number; readonly body: string }> {
  return withDeadline(timeoutMs, outer, async (signal) => {
    const answer = await request(url, { dispatcher, signal, headers: { 'user-agent': 'headgate-probe' } });
    const parts: Buffer[] = [];
    let size = 0;
    // Leaving the loop destroys the body, and with it the connection.
    for await (const part of answer.body as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size >= BODY_LIMIT_BYTES) break;
    }
    const body = Buffer.concat(parts).subarray(0, BODY_LIMIT_BYTES).toString('utf8');
    return { status: answer.statusCode, body };
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
