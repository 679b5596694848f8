import { request } from 'undici';
import { startGateway, type Gateway } from '../../../src/gateway/gateway.js';
import type { GatewayOptions, RouteInput } from '../../../src/gateway/options.js';
import { eventually } from '../../contract/support/eventually.js';

/** What a test should let go of, newest first. */
export class Releasers {
  private readonly releasers: (() => Promise<unknown>)[] = [];

  add<Resource>(resource: Resource, release: (resource: Resource) => Promise<unknown>): Resource {
    this.releasers.unshift(() => release(resource));
    return resource;
  }

  async releaseAll(): Promise<void> {
    for (const release of this.releasers.splice(0)) await release();
  }
}

/** A gateway with the one route `shop` to the backends given. */
export function startShop(
  backends: Readonly<Record<string, string>>,
  route: Partial<RouteInput> = {},
  options: GatewayOptions = {},
): Promise<Gateway> {
  const urls = Object.fromEntries(Object.entries(backends).map(([name, url]) => [name, { url }]));
  return startGateway({
    routes: [{ name: 'shop', sticky: { header: 'x-user' }, backends: urls, ...route }],
    ring: { grainMs: 50 },
    drainMs: 2000,
    ...options,
  });
}

export interface AdminReply {
  readonly status: number;
  readonly body: unknown;
}

export async function admin(
  gateway: Gateway,
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<AdminReply> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await request(`${gateway.adminUrl}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: text }),
  });
  return { status: answer.statusCode, body: await answer.body.json() };
}

export async function setWeights(gateway: Gateway, percents: Readonly<Record<string, number>>): Promise<AdminReply> {
  const weights = Object.entries(percents).map(([backend, percent]) => ({ backend, percent }));
  return admin(gateway, 'PUT', '/routes/shop/weights', { weights });
}

interface Sample {
  readonly requests: number;
  readonly errors: number;
}

/** What a backend did in so many milliseconds until now, once the gateway can tell and has seen `requests`. */
export async function countsOf(gateway: Gateway, backend: string, sinceMs: number, requests: number): Promise<Sample> {
  return eventually(`${String(requests)} requests to be counted for ${backend}`, async () => {
    const now = Math.max(Date.now(), sinceMs + 1);
    const range = `from=${String(sinceMs)}&to=${String(now)}&step=${String(now - sinceMs)}`;
    const { body } = await admin(gateway, 'GET', `/routes/shop/backends/${backend}/samples?${range}`);
    const sample = (body as { samples: (Sample | null)[] }).samples[0];
    return sample !== undefined && sample !== null && sample.requests >= requests ? sample : undefined;
  });
}

/** The codes that Prometheus is told for a backend, with how often each came. */
export async function codesOf(gateway: Gateway, backend: string): Promise<Readonly<Record<string, number>>> {
  const answer = await request(`${gateway.adminUrl}/metrics`);
  const text = await answer.body.text();
  const line = new RegExp(
    `^headgate_gateway_requests_total\\{route="shop",backend="${backend}",code="(\\d+)"\\} (\\d+)$`,
    'gm',
  );
  return Object.fromEntries([...text.matchAll(line)].map(([, code = '', count]) => [code, Number(count)]));
}
