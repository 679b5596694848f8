import { request } from 'undici';
import type { Weights } from '../../domain/traffic/weights.js';
import type { RouteInput } from '../../gateway/options.js';
import { USER_COOKIE, type Entrance } from './plane.js';

/** How long users' requests may take to end when the gateway is asked to. */
export const DRAIN_MS = 2000;

/** One service gets every request; several are told apart by their path, `/NAME/…`. */
export function routeOf(name: string, urls: Readonly<Record<string, string>>, alone: boolean): RouteInput {
  return {
    name,
    ...(alone ? {} : { match: { pathPrefix: `/${name}` } }),
    sticky: { cookie: USER_COOKIE },
    backends: Object.fromEntries(Object.entries(urls).map(([target, url]) => [target, { url }])),
  };
}

export function entranceOf({ trafficUrl, adminUrl }: Pick<Entrance, 'trafficUrl' | 'adminUrl'>): Entrance {
  return {
    trafficUrl,
    adminUrl,
    routesUrl: `${adminUrl}/routes`,
    async readWeights(service) {
      const { body } = await request(`${adminUrl}/routes/${encodeURIComponent(service)}/weights`);
      return ((await body.json()) as { weights: Weights }).weights;
    },
  };
}

/** A backend's address is all that a gateway needs of the environment; Temporal's keys are none of its business. */
export function gatewayEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

export function isPortTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
