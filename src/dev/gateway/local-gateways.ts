import type { HeadgateConfig, ServiceConfig } from '../../config/types.js';
import type { RouteInput } from '../../gateway/options.js';
import { routeOf } from './gateway-parts.js';

/** A gateway that a configuration expects on this machine. */
export interface LocalGateway {
  /** As the configuration writes it. */
  readonly adminUrl: string;
  readonly adminHost: string;
  readonly adminPort: number;
  readonly routes: readonly RouteInput[];
}

const LOOPBACK_HOSTS: Readonly<Record<string, string>> = {
  '127.0.0.1': '127.0.0.1',
  localhost: '127.0.0.1',
  '[::1]': '::1',
};

const HTTP_PORT = 80;

/** Every gateway that is named on this machine, once, with the routes of all services that it serves. */
export function localGateways({ routers, services }: HeadgateConfig): readonly LocalGateway[] {
  const found = new Map<string, { readonly url: string; readonly routers: Set<string> }>();
  for (const [name, router] of Object.entries(routers)) {
    // Others run already, or are started by those who know how.
    if (router.kind !== 'gateway') continue;
    for (const url of router.instances) {
      const place = placeOf(url);
      if (place === null) continue;
      const key = `${place.adminHost} ${String(place.adminPort)}`;
      const known = found.get(key) ?? { url, routers: new Set<string>() };
      known.routers.add(name);
      found.set(key, known);
    }
  }
  return [...found.values()].flatMap(({ url, routers: names }) => {
    const place = placeOf(url);
    if (place === null) return [];
    const served = Object.values(services).filter(({ router }) => names.has(router));
    return [
      {
        ...place,
        adminUrl: url,
        routes: served.map((service) => routeOf(service.route, urlsOf(service), served.length === 1)),
      },
    ];
  });
}

function placeOf(url: string): Pick<LocalGateway, 'adminHost' | 'adminPort'> | null {
  const { protocol, hostname, port } = new URL(url);
  const adminHost = LOOPBACK_HOSTS[hostname];
  // What speaks TLS is no gateway of ours.
  if (adminHost === undefined || protocol !== 'http:') return null;
  return { adminHost, adminPort: port === '' ? HTTP_PORT : Number(port) };
}

/** As the gateway names them; a backend without a URL cannot be sent to. */
function urlsOf({ backends }: ServiceConfig): Record<string, string> {
  return Object.fromEntries(
    Object.values(backends).flatMap(({ target, url }) => (url === undefined ? [] : [[target, url]])),
  );
}
