import { readFile, rename, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEnvoyRouter } from '../../../../src/adapters/routers/envoy/router.js';
import { splitBetween } from '../../../../src/domain/traffic/weights.js';
import type { SplitObstacle, TrafficRouter } from '../../../../src/ports/traffic-router.js';
import { describeOnEnvoy } from '../../../helpers/envoy-server.js';
import { startEnvoyPlane, type EnvoyPlane } from '../../envoy/envoy-plane.js';
import { folderWith, rdsFile } from './support.js';

const ROUTE = { service: 'shop', targets: { blue: 'blue', green: 'green' } };
const SPLITS = [5, 50, 100].map((percent) => splitBetween({ baseline: 'blue', candidate: 'green' }, percent));
const NOWHERE = 'http://127.0.0.1:1';

/** Of a file alone: no Envoy can be asked. */
function obstaclesIn(text: string, name?: string): Promise<readonly SplitObstacle[]> {
  const routes = folderWith(text, name);
  return createEnvoyRouter({ instances: [{ admin: NOWHERE, routes }], timeoutMs: 1000 }).whyNotSplittable(
    ROUTE,
    SPLITS,
  );
}

const HASH = 'hash_policy: [{ header: { header_name: x-user } }]';
const BLUE = '{ name: blue, weight: 100000 }';
const GREEN = '{ name: green, weight: 0 }';
const TWO = `clusters: [${BLUE}, ${GREEN}]`;
const FIT = `route: { ${HASH}, weighted_clusters: { use_hash_policy: true, ${TWO} } }`;

const entry = (action: string, name = 'shop'): string =>
  `          - name: ${name}\n            match: { prefix: / }\n            ${action}\n`;
const weighted = (inside: string, hash = HASH): string => `route: { ${hash}, weighted_clusters: { ${inside} } }`;

describe('what people have for routes of Envoy', () => {
  test.each([
    ['the one of the documentation', FIT],
    [
      'a sum of its own',
      weighted(`use_hash_policy: true, total_weight: 100, clusters: [{ name: blue, weight: 100 }, ${GREEN}]`),
    ],
    [
      'a hash policy that other routes share',
      `route: { hash_policy: &h [{ cookie: { name: u } }], weighted_clusters: { use_hash_policy: true, ${TWO} } }\n          - { name: other, route: { cluster: a, hash_policy: *h } }`,
    ],
    [
      'one that it shares itself',
      weighted(`use_hash_policy: true, ${TWO}`, 'hash_policy: *h').replace(
        'route:',
        `request_mirror: &h [{ cookie: { name: u } }]\n            route:`,
      ),
    ],
    [
      'clusters with settings of their own',
      weighted(
        `use_hash_policy: true, clusters: [{ name: blue, weight: 1, typed_per_filter_config: { x: { a: 1 } } }, { name: green, weight: 0, request_headers_to_add: [{ header: { key: a, value: b } }] }]`,
      ),
    ],
    ['metadata of others', `metadata: { filter_metadata: { envoy.lb: { a: b } } }\n            ${FIT}`],
    [
      'another route by a header, under another name',
      `${FIT}\n          - { name: shop-staff, match: { prefix: /, headers: [{ name: x-staff, present_match: true }] }, route: { cluster: green } }`,
    ],
    [
      'the same split in two virtual hosts',
      `${FIT}\n      - name: more\n        domains: [m]\n        routes:\n          - { name: shop, match: { prefix: / }, ${FIT} }`,
    ],
  ])('can be split with %s [W36]', async (_, action) => {
    expect(await obstaclesIn(rdsFile([entry(action)]))).toEqual([]);
  });

  test.each<readonly [string, string, RegExp, RegExp, string, boolean]>([
    [
      'no use_hash_policy',
      weighted(TWO),
      /lacks use_hash_policy: true/,
      /^Add use_hash_policy: true to its/,
      FIT,
      false,
    ],
    [
      'no hash_policy',
      weighted(`use_hash_policy: true, ${TWO}`, 'timeout: 3s'),
      /it has no hash_policy/,
      /^Add a hash_policy on a header or cookie/,
      FIT,
      false,
    ],
    [
      'neither',
      weighted(TWO, 'timeout: 3s'),
      /lacks use_hash_policy: true; it has no hash_policy/,
      /^Add use_hash_policy.*Add a hash_policy/,
      FIT,
      false,
    ],
    [
      'its random number from a header',
      weighted(`header_name: x-random, ${TWO}`),
      /header_name: x-random/,
      /^Write use_hash_policy: true in place of header_name\.$/,
      FIT,
      false,
    ],
    [
      'weights that a runtime overrides',
      weighted(`use_hash_policy: true, runtime_key_prefix: a.b, ${TWO}`),
      /runtime_key_prefix: a\.b/,
      /^Take runtime_key_prefix out of the route\.$/,
      FIT,
      false,
    ],
    [
      'one cluster only',
      weighted(`use_hash_policy: true, clusters: [${BLUE}]`),
      /does not name the cluster green: blue/,
      /^Add \{ name: green, weight: 0 \}/,
      FIT,
      true,
    ],
    [
      'another cluster',
      weighted(`use_hash_policy: true, clusters: [${BLUE}, { name: verde, weight: 0 }]`),
      /does not name the cluster green: blue, verde/,
      /correct the target under backends/,
      FIT,
      true,
    ],
    [
      'one cluster twice',
      weighted(`use_hash_policy: true, clusters: [${BLUE}, ${BLUE}, ${GREEN}]`),
      /entry that cannot be read: \{ name: blue/,
      /^Name each cluster once\.$/,
      FIT,
      true,
    ],
    [
      'a cluster by a header',
      weighted(`use_hash_policy: true, clusters: [${BLUE}, { cluster_header: x-c, weight: 0 }]`),
      /cluster_header: x-c/,
      /^Name a cluster in place of cluster_header\.$/,
      FIT,
      true,
    ],
    [
      'a cluster without a weight',
      weighted(`use_hash_policy: true, clusters: [${BLUE}, { name: green }]`),
      /entry that cannot be read: \{ name: green \}/,
      /whole number, 0 where it has none/,
      FIT,
      true,
    ],
    [
      'a cluster at all',
      'route: { cluster: blue }',
      /has no weighted_clusters/,
      /^Write the split by hand once/,
      FIT,
      true,
    ],
    [
      'a redirect',
      'redirect: { path_redirect: / }',
      /has no weighted_clusters/,
      /^Write the split by hand once/,
      FIT,
      true,
    ],
    [
      'an entry of the same name that is no split',
      `${FIT}\n          - { name: shop, match: { prefix: /, headers: [{ name: x-canary }] }, route: { cluster: green } }`,
      /has no weighted_clusters/,
      /shall not be split needs another name/,
      `${FIT}\n          - { name: shop-canary, match: { prefix: / }, route: { cluster: green } }`,
      true,
    ],
    [
      'a split that another route repeats',
      `route: { ${HASH}, weighted_clusters: &w { use_hash_policy: true, ${TWO} } }\n          - { name: other, match: {}, route: { weighted_clusters: *w } }`,
      /weighted_clusters of the route shop .* at another place/,
      /^Write weighted_clusters itself in place of the alias\.$/,
      FIT,
      true,
    ],
    [
      'a split that is repeated from another',
      `request: &w { use_hash_policy: true, ${TWO} }\n            route: { ${HASH}, weighted_clusters: *w }`,
      /weighted_clusters of the route shop .* at another place/,
      /^Write weighted_clusters itself/,
      FIT,
      true,
    ],
    [
      'an alias among its clusters',
      `request: &g ${GREEN}\n            ${weighted(`use_hash_policy: true, clusters: [${BLUE}, *g]`)}`,
      /entry that cannot be read: \*g/,
      /^Write the entry itself in place of the alias\.$/,
      FIT,
      true,
    ],
    [
      'a weight that others refer to',
      `${weighted(`use_hash_policy: true, clusters: [${BLUE}, { name: green, weight: &w 0 }]`)}\n            other: *w`,
      /entry that cannot be read/,
      /^Take the anchor away/,
      FIT,
      true,
    ],
    [
      'nothing in its metadata',
      `metadata:\n            ${FIT}`,
      /fence of the route shop .* cannot be written/,
      /^Write that line into the entry/,
      FIT,
      true,
    ],
  ])(
    'cannot be split with %s, which is said with what helps [W36]',
    async (_, action, says, remedy, mended, forbidsEveryWrite) => {
      const obstacles = await obstaclesIn(rdsFile([entry(action)]));
      expect(obstacles).toHaveLength(1);
      expect(obstacles[0]).toMatchObject({
        message: expect.stringMatching(says) as string,
        remedy: expect.stringMatching(remedy) as string,
        forbidsEveryWrite,
      });
      expect(await obstaclesIn(rdsFile([entry(mended)]))).toEqual([]);
    },
  );

  test('are the same in JSON', async () => {
    const json = (clusters: readonly object[]): string =>
      JSON.stringify({
        resources: [
          {
            virtual_hosts: [
              {
                routes: [
                  { name: 'shop', route: { hashPolicy: [{}], weightedClusters: { useHashPolicy: true, clusters } } },
                ],
              },
            ],
          },
        ],
      });
    const [blue, green] = [
      { name: 'blue', weight: 1 },
      { name: 'green', weight: 0 },
    ];
    expect(await obstaclesIn(json([blue, green]), 'routes.json')).toEqual([]);
    expect(await obstaclesIn(json([blue]), 'routes.json')).toMatchObject([
      { message: expect.stringContaining('does not name the cluster green') as string },
    ]);
  });

  test.each([
    ['is not there', null, /cannot be read: .*ENOENT/],
    ['is no RDS file', 'resources: [', /is no RDS file/],
    ['has no such route', rdsFile([entry(FIT, 'cart')]), /has no route named shop: routes named cart/],
  ])('cannot be split where the file %s [W36]', async (_, text, says) => {
    const routes = folderWith(text ?? '');
    const missing = text === null ? `${routes}.gone` : routes;
    const router = createEnvoyRouter({ instances: [{ admin: NOWHERE, routes: missing }], timeoutMs: 1000 });
    expect(await router.whyNotSplittable(ROUTE, SPLITS)).toMatchObject([
      { message: expect.stringMatching(says) as string },
    ]);
  });
});

await describeOnEnvoy('what an Envoy serves', (executable) => {
  let plane: EnvoyPlane;
  let file: string;
  let router: TrafficRouter;
  const [blue, green] = ['http://127.0.0.1:1', 'http://127.0.0.1:2'];
  const NEVER_IN_VAIN_MS = 20_000;

  beforeAll(async () => {
    plane = await startEnvoyPlane(
      { backends: { blue, green }, instances: 1 },
      { executable, sticky: { header: 'x-user' } },
    );
    [file = ''] = plane.routeFiles;
    router = routerOn(file);
  });

  afterAll(() => plane.stop());

  const routerOn = (routes: string, timeoutMs = NEVER_IN_VAIN_MS): TrafficRouter =>
    createEnvoyRouter({ instances: [{ admin: plane.adminUrls[0] ?? '', routes }], timeoutMs });
  const edit = async (change: (text: string) => string): Promise<string> => {
    const before = await readFile(file, 'utf8');
    await writeFile(`${file}.mine`, change(before));
    await rename(`${file}.mine`, file);
    return before;
  };

  test('can be split where it serves what the file says, also a moment after the file was changed [W36]', async () => {
    expect(await router.whyNotSplittable(plane.route, SPLITS)).toEqual([]);
    await router.setWeights(plane.route, SPLITS[0] ?? [], { fence: 8 });
    const before = await edit((text) => text.replace('fence: 8', 'fence: 16'));
    expect(await router.whyNotSplittable(plane.route, SPLITS)).toEqual([]);
    await edit(() => before);
  });

  test('cannot be where its routes come from another file [W36]', async () => {
    const other = `${file}.other.yaml`;
    await writeFile(other, (await readFile(file, 'utf8')).replace('weight: 95000', 'weight: 94000'));
    expect(await routerOn(other, 2000).whyNotSplittable(plane.route, SPLITS)).toMatchObject([
      {
        message: expect.stringMatching(/serves .* and its file says .*: it has not taken up the file/) as string,
        remedy: expect.stringMatching(/^Correct routes: of that instance/) as string,
        forbidsEveryWrite: false,
      },
    ]);
  });

  test('cannot be to a cluster that it does not know [W36]', async () => {
    const before = await edit((text) =>
      text.replace('validate_clusters: true', 'validate_clusters: false').replace('name: shop-green', 'name: verde'),
    );
    const route = { ...plane.route, targets: { blue: 'shop-blue', green: 'verde' } };
    expect(await router.whyNotSplittable(route, SPLITS)).toMatchObject([
      {
        message: expect.stringMatching(/knows no cluster verde: its users would get 503/) as string,
        forbidsEveryWrite: true,
      },
    ]);
    await edit(() => before);
  });

  test('cannot be where others override the weights, which is said by the Envoy and by the file [W36]', async () => {
    const before = await edit((text) =>
      text.replace('use_hash_policy: true', 'use_hash_policy: true\n                runtime_key_prefix: a.b'),
    );
    const obstacles = await router.whyNotSplittable(plane.route, SPLITS);
    expect(new Set(obstacles.map(({ remedy }) => remedy))).toEqual(
      new Set(['Take runtime_key_prefix out of the route.']),
    );
    await expect(router.readWeights(plane.route)).rejects.toMatchObject({
      remedy: 'Take runtime_key_prefix out of the route.',
    });
    await edit(() => before);
  });
});
