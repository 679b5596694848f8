import type { Flaw } from '../../spec/reading/flaw.js';
import type { RouterConfig, ServiceConfig } from '../types.js';

/** What HAProxy allows in the name of a proxy. */
const PROXY_NAME = /^[\w.:-]{1,200}$/;

/** The route is the key of a map and a target is a backend: both are words of runtime commands. */
export function flawsOfHaproxyNames(
  services: Readonly<Record<string, ServiceConfig>>,
  routers: Readonly<Record<string, RouterConfig>>,
): Flaw[] {
  return Object.entries(services).flatMap(([name, { router, route, backends }]) => {
    if (routers[router]?.kind !== 'haproxy') return [];
    const targets = Object.entries(backends).map(
      ([slot, { target }]) => [['services', name, 'backends', slot, 'target'], target] as const,
    );
    return [[['services', name, 'route'], route] as const, ...targets]
      .filter(([, given]) => !PROXY_NAME.test(given))
      .map(([path, given]) => ({
        rule: 'haproxy.name',
        path,
        message: 'This cannot be a name in HAProxy',
        expected: 'letters, digits, "-", "_", "." and ":"; a target is a backend, not a server',
        got: JSON.stringify(given),
      }));
  });
}
