import { describe, expect, test } from 'vitest';
import { parseRoute } from '../../src/gateway/options.js';
import { Route } from '../../src/gateway/route.js';
import { RouteTable } from '../../src/gateway/route-table.js';

function tableOf(matches: Readonly<Record<string, { host?: string; pathPrefix?: string }>>): RouteTable {
  const table = new RouteTable();
  for (const [name, match] of Object.entries(matches)) table.put(routeOf(name, match));
  return table;
}

function routeOf(name: string, match: { host?: string; pathPrefix?: string }): Route {
  const definition = parseRoute({ name, match, backends: { blue: { url: 'http://127.0.0.1:9001' } } });
  return new Route(definition, { grainMs: 1000, retentionMs: 60_000, sinceMs: 0 });
}

describe('the route of a request', () => {
  const table = tableOf({
    any: {},
    api: { pathPrefix: '/api' },
    apiUsers: { pathPrefix: '/api/users' },
    files: { pathPrefix: '/files/' },
    shop: { host: 'Shop.example' },
    shopApi: { host: 'shop.example', pathPrefix: '/api' },
  });

  test.each([
    ['else.example', '/', 'any'],
    [undefined, '/', 'any'],
    ['else.example', '/api', 'api'],
    ['else.example', '/api?page=2', 'api'],
    ['else.example', '/apicture', 'any'],
    ['else.example', '/api/users/7', 'apiUsers'],
    ['else.example', '/files/a', 'files'],
    ['else.example', '/files', 'any'],
    ['shop.example', '/', 'shop'],
    ['SHOP.example:8080', '/x', 'shop'],
    ['shop.example', '/api/users', 'shopApi'],
  ])('for host %s and path %s is %s', (host, path, expected) => {
    expect(table.match(host, path)?.name).toBe(expected);
  });

  test('is none when nothing fits, and none any more once its route is gone', () => {
    const small = tableOf({ api: { pathPrefix: '/api' } });
    expect(small.match('any.example', '/')).toBeUndefined();
    expect(small.match('any.example', '/api')?.name).toBe('api');
    small.delete('api');
    expect(small.match('any.example', '/api')).toBeUndefined();
  });

  test('moves with a route that is replaced', () => {
    const small = tableOf({ api: { pathPrefix: '/api' } });
    small.put(routeOf('api', { host: 'api.example' }));
    expect(small.match('any.example', '/api')).toBeUndefined();
    expect(small.match('api.example', '/x')?.name).toBe('api');
  });

  test('cannot be two', () => {
    expect(() => table.put(routeOf('other', { host: 'shop.EXAMPLE', pathPrefix: '/api' }))).toThrow(
      /shopApi.*same requests/,
    );
    expect(() => table.put(routeOf('root', { pathPrefix: '/' }))).toThrow(/any.*same requests/);
  });
});
