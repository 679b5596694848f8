import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.js';
import { folderWith, load, told } from '../support.js';

const INSTANCE = '{ socket: /run/haproxy/admin.sock }';

/** A configuration with one HAProxy router, told apart by what a test says of it. */
function withRouter(router: string, service = '{ backends: { blue: , green: } }'): string {
  return `routers: { edge: { kind: haproxy, ${router} } }
metrics: { gw: { kind: gateway, instances: ['http://127.0.0.1:8081'] } }
services: { checkout: ${service} }
`;
}

const withInstance = (instance: string): string => withRouter(`map: /etc/share.map, instances: [${instance}]`);

describe('a router of kind haproxy', () => {
  test('has the map as HAProxy names it, and every instance with its socket and its file', () => {
    const { routers, warnings } = load(
      withRouter(
        `map: /etc/haproxy/share.map, timeout: 500ms, instances: [${INSTANCE}, { socket: '10.0.0.5:9999', mapFile: /mnt/edge/share.map }, { socket: '[::1]:9999', mapFile: false }]`,
      ),
    );
    expect(routers['edge']).toEqual({
      kind: 'haproxy',
      map: '/etc/haproxy/share.map',
      timeoutMs: 500,
      instances: [
        { socket: '/run/haproxy/admin.sock', mapFile: '/etc/haproxy/share.map' },
        { socket: '10.0.0.5:9999', mapFile: '/mnt/edge/share.map' },
        { socket: '[::1]:9999', mapFile: null },
      ],
    });
    expect(warnings).toEqual([]);
  });

  test('reads relative paths from the folder of the file, but the name of the map is HAProxy’s own', () => {
    const folder = folderWith({
      'headgate.yaml': withRouter('map: share.map, instances: [{ socket: ./haproxy.sock }]'),
    });
    expect(loadConfig({ env: {}, cwd: folder }).routers['edge']).toMatchObject({
      map: 'share.map',
      timeoutMs: 2000,
      instances: [{ socket: join(folder, 'haproxy.sock'), mapFile: join(folder, 'share.map') }],
    });
  });

  test('warns of an instance that would lose the share at a reload', () => {
    expect(load(withInstance("{ socket: '10.0.0.5:9999' }")).warnings).toEqual([
      'routers.edge: without mapFile, 10.0.0.5:9999 loses the share at its next reload',
    ]);
  });
});

test.each([
  [
    'a router without its map',
    withRouter(`instances: [${INSTANCE}]`),
    'headgate.yaml:1:18 routers.edge.map: "map" is missing; expected what stands in map(…) in haproxy.cfg, e.g. /etc/haproxy/share.map, got nothing (required)',
  ],
  [
    'a map whose name is more than a word',
    withRouter(`map: "share.map;shutdown", instances: [${INSTANCE}]`),
    'headgate.yaml:1:40 routers.edge.map: This cannot be the name of a map; expected what stands in map(…) in haproxy.cfg, e.g. /etc/haproxy/share.map, got "share.map;shutdown" (haproxy.map)',
  ],
  [
    'a map whose name has a line of its own',
    withRouter(`map: "share.map\\nshutdown", instances: [${INSTANCE}]`),
    'headgate.yaml:1:40 routers.edge.map: This cannot be the name of a map; expected what stands in map(…) in haproxy.cfg, e.g. /etc/haproxy/share.map, got "share.map\\nshutdown" (haproxy.map)',
  ],
  [
    'no instances',
    withRouter('map: share.map, instances: []'),
    'headgate.yaml:1:62 routers.edge.instances: This list is too short; expected at least 1 in it, got fewer (range)',
  ],
  [
    'a socket that is neither path nor address',
    withInstance('{ socket: admin }'),
    'headgate.yaml:1:78 routers.edge.instances[0].socket: This is not where a runtime socket can be; expected a path with a "/" such as /run/haproxy/admin.sock, or host:port, got "admin" (haproxy.socket)',
  ],
  [
    'a socket as HAProxy writes it',
    withInstance("{ socket: 'unix@/run/admin.sock' }"),
    'headgate.yaml:1:78 routers.edge.instances[0].socket: This is not where a runtime socket can be; expected a path with a "/" such as /run/haproxy/admin.sock, or host:port, got "unix@/run/admin.sock". Write /run/admin.sock (haproxy.socket)',
  ],
  [
    'a port that is none',
    withInstance("{ socket: '10.0.0.5:99999' }"),
    'headgate.yaml:1:78 routers.edge.instances[0].socket: This is not where a runtime socket can be; expected a path with a "/" such as /run/haproxy/admin.sock, or host:port, got "10.0.0.5:99999" (haproxy.socket)',
  ],
  [
    'a map file that is no path',
    withInstance('{ socket: /a.sock, mapFile: true }'),
    'headgate.yaml:1:96 routers.edge.instances[0].mapFile: This is not where the file of a map can be; expected a path, or false, got true (haproxy.mapFile)',
  ],
  [
    'a key with a typo',
    withInstance('{ socket: /a.sock, mapfile: /x }'),
    'headgate.yaml:1:87 routers.edge.instances[0].mapfile: There is no key "mapfile" here. Did you mean mapFile? (keys.unknown)',
  ],
  [
    'a target that is a server, not a backend',
    withRouter(`map: m, instances: [${INSTANCE}]`, '{ backends: { blue: { target: web/blue }, green: } }'),
    'headgate.yaml:3:53 services.checkout.backends.blue.target: This cannot be a name in HAProxy; expected letters, digits, "-", "_", "." and ":"; a target is a backend, not a server, got "web/blue" (haproxy.name)',
  ],
  [
    'a route that would be a second command',
    withRouter(`map: m, instances: [${INSTANCE}]`, '{ route: "a;shutdown", backends: { blue: , green: } }'),
    'headgate.yaml:3:32 services.checkout.route: This cannot be a name in HAProxy; expected letters, digits, "-", "_", "." and ":"; a target is a backend, not a server, got "a;shutdown" (haproxy.name)',
  ],
])('%s is refused in words of its own [U-04]', (_, text, says) => {
  expect(told(text)).toEqual([says]);
});
