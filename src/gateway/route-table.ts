import { HeadgateError } from '../domain/errors.js';
import { someOf } from '../domain/text.js';
import type { Route } from './route.js';

/** Every route, and which of them a request belongs to. */
export class RouteTable {
  private readonly byName = new Map<string, Route>();
  private readonly byHost = new Map<string, readonly Route[]>();

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  get routes(): readonly Route[] {
    return [...this.byName.values()];
  }

  find(name: string): Route | undefined {
    return this.byName.get(name);
  }

  /** @throws HeadgateError `UNKNOWN_ROUTE` */
  get(name: string): Route {
    const route = this.byName.get(name);
    if (route !== undefined) return route;
    throw new HeadgateError('UNKNOWN_ROUTE', `There is no route ${name}`, {
      expected: this.byName.size === 0 ? 'a route; there are none yet' : `one of ${someOf(this.names)}`,
      got: name,
    });
  }

  /**
   * Adds a route or replaces the one of its name.
   *
   * @throws HeadgateError `AMBIGUOUS_ROUTE` when another route wants the same requests.
   */
  put(route: Route): void {
    const { host, pathPrefix } = route.definition.match;
    const twin = this.routes.find(
      ({ name, definition: { match } }) =>
        name !== route.name && match.host === host && (match.pathPrefix ?? '/') === (pathPrefix ?? '/'),
    );
    if (twin !== undefined) {
      throw new HeadgateError('AMBIGUOUS_ROUTE', `The routes ${route.name} and ${twin.name} want the same requests`, {
        expected: 'a host or a path prefix of its own',
        got: `host ${host ?? '(any)'}, path ${pathPrefix ?? '/'}`,
      });
    }
    this.delete(route.name);
    this.byName.set(route.name, route);
    this.reindex(host);
  }

  delete(name: string): Route | undefined {
    const route = this.byName.get(name);
    this.byName.delete(name);
    if (route !== undefined) this.reindex(route.definition.match.host);
    return route;
  }

  /** The most specific route: one for the host before one for any host, a longer path prefix before a shorter one. */
  match(hostHeader: string | undefined, path: string): Route | undefined {
    const host = hostHeader?.replace(/:\d+$/, '').toLowerCase() ?? '';
    const fits = (route: Route): boolean => underPrefix(path, route.definition.match.pathPrefix);
    return this.byHost.get(host)?.find(fits) ?? this.byHost.get('')?.find(fits);
  }

  private reindex(host: string | undefined): void {
    const routes = this.routes.filter(({ definition }) => definition.match.host === host);
    const length = ({ definition }: Route): number => definition.match.pathPrefix?.length ?? 0;
    this.byHost.set(
      host ?? '',
      routes.sort((a, b) => length(b) - length(a)),
    );
  }
}

function underPrefix(path: string, prefix: string | undefined): boolean {
  if (prefix === undefined) return true;
  if (!path.startsWith(prefix)) return false;
  const next = path[prefix.length];
  return prefix.endsWith('/') || next === undefined || next === '/' || next === '?';
}
