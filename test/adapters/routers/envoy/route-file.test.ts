import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { RouteFile } from '../../../../src/adapters/routers/envoy/route-file.js';
import { AdapterUnavailableError } from '../../../../src/domain/errors.js';
import { blockRoute, rdsFile } from './support.js';

const PATH = '/etc/envoy/routes.yaml';
const FENCE = 41;
const FENCE_LINE = /\n *"?metadata"?: \{ "?filter_metadata"?: \{ "?headgate"?: \{ "?fence"?: 41 \} \} \},?/;
const GREEN_FIRST = [
  { cluster: 'green', weight: 5000 },
  { cluster: 'blue', weight: 95_000 },
];

function weightsIn(text: string): unknown {
  return RouteFile.parse(PATH, text).whatItSays('shop').weights;
}

function refusal(act: () => unknown): AdapterUnavailableError {
  try {
    act();
  } catch (error) {
    if (error instanceof AdapterUnavailableError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a file of routes', () => {
  test('that is written as it is read is the same to the last character', () => {
    const text = rdsFile([
      blockRoute('shop', [
        ['blue', 7],
        ['green', 93],
      ]),
      '          # the end\r\n\n',
    ]);
    expect(RouteFile.parse(PATH, text).text).toBe(text);
  });

  test('gets new weights in a new order, and nothing else changes', () => {
    const text = `# kept
resources:
  - name: services
    virtual_hosts:
      - routes:
          - { name: other, route: { weighted_clusters: { clusters: [{ name: green, weight: 3 }] } } }
          - name: shop   # kept too
            route:
              retry_policy: { retry_on: "5xx" }
              weighted_clusters:
                clusters:
                  # the one that serves
                  - name: blue
                    weight: 100000 # all of them
                    request_headers_to_add:
                      - header: { key: x, value: 'y' }
                  - weight: 0
                    name: "green"
                use_hash_policy: true
              hash_policy: [{ cookie: { name: c } }]
`;
    expect(RouteFile.parse(PATH, text).with('shop', GREEN_FIRST, FENCE).text).toBe(`# kept
resources:
  - name: services
    virtual_hosts:
      - routes:
          - { name: other, route: { weighted_clusters: { clusters: [{ name: green, weight: 3 }] } } }
          - name: shop   # kept too
            metadata: { filter_metadata: { headgate: { fence: 41 } } }
            route:
              retry_policy: { retry_on: "5xx" }
              weighted_clusters:
                clusters:
                  # the one that serves
                  - weight: 5000
                    name: "green"
                  - name: blue
                    weight: 95000 # all of them
                    request_headers_to_add:
                      - header: { key: x, value: 'y' }
                use_hash_policy: true
              hash_policy: [{ cookie: { name: c } }]
`);
  });

  test('knows the text of another worker again, and not the one of a person', () => {
    const text = rdsFile([
      blockRoute('shop', [
        ['blue', 100_000],
        ['green', 0],
      ]),
      blockRoute('cart', [
        ['blue', 1],
        ['red', 2],
      ]),
    ]);
    const file = RouteFile.parse(PATH, text);
    const theirs = RouteFile.parse(PATH, text).with('shop', GREEN_FIRST, FENCE).text;
    expect(file.withTextOf(theirs)?.whatItSays('shop').weights).toEqual(GREEN_FIRST);
    expect(file.withTextOf(theirs)?.text).toBe(theirs);
    expect(file.withTextOf(theirs.replace('15s', '16s'))).toBeNull();
    expect(file.withTextOf(theirs.replace('name: red', 'name: rot'))).toBeNull();
    expect(file.withTextOf(`${theirs}# more`)).toBeNull();
  });

  test('may be JSON, in the words of either case', () => {
    const text = JSON.stringify(
      {
        resources: [
          {
            virtualHosts: [
              {
                routes: [
                  {
                    name: 'shop',
                    route: {
                      hashPolicy: [{ header: { headerName: 'x' } }],
                      weightedClusters: {
                        useHashPolicy: true,
                        clusters: [
                          { name: 'blue', weight: '100000' },
                          { name: 'green', weight: 0 },
                        ],
                      },
                    },
                  },
                ],
              },
            ],
          },
        ],
      },
      null,
      2,
    );
    const after = RouteFile.parse('routes.json', text).with('shop', GREEN_FIRST, FENCE).text;
    const lines = (from: string): string[] => from.split('\n').filter((line) => !/name|weight"|fence/.test(line));
    expect(lines(after)).toEqual(lines(text));
    expect(JSON.stringify(JSON.parse(after))).toContain(
      '"clusters":[{"name":"green","weight":5000},{"name":"blue","weight":95000}]',
    );
  });

  test('that names a route several times gets the same weights in all of them', () => {
    const twice = [
      blockRoute('shop', [
        ['blue', 1],
        ['green', 0],
      ]),
      blockRoute('shop', [
        ['green', 0],
        ['blue', 1],
      ]),
    ];
    const { text } = RouteFile.parse(PATH, rdsFile(twice)).with('shop', GREEN_FIRST, FENCE);
    expect(text.match(/name: green\n +weight: 5000\n +- name: blue\n +weight: 95000/g)).toHaveLength(2);
  });

  test('sends nobody any more to a cluster that is none of the service', () => {
    const text = rdsFile([
      blockRoute('shop', [
        ['purple', 50],
        ['blue', 50],
        ['green', 0],
      ]),
    ]);
    expect(weightsIn(RouteFile.parse(PATH, text).with('shop', GREEN_FIRST, FENCE).text)).toEqual([
      ...GREEN_FIRST,
      { cluster: 'purple', weight: 0 },
    ]);
  });

  test('keeps everything that is not ours, whatever it is, in block and in flow style', () => {
    fc.assert(
      fc.property(anyFile, fc.nat(100_000), fc.boolean(), (file, green, isFlow) => {
        const text = isFlow ? JSON.stringify(file, null, 2) : stringify(file);
        const weights = [
          { cluster: 'green', weight: green },
          { cluster: 'blue', weight: 100_000 - green },
        ];
        const after = RouteFile.parse(PATH, text).with('shop', weights, FENCE).text;
        const known = RouteFile.parse(PATH, text).withTextOf(after);
        expect(known?.text).toBe(after);
        expect(known?.whatItSays('shop')).toEqual(RouteFile.parse(PATH, after).whatItSays('shop'));
        expect(parse(after)).toEqual(withWeights(parse(text) as AnyFile, green));
        // The same characters, in another order and with other digits.
        const skeleton = (of: string): string => of.replaceAll(/\d+/g, '').split('').sort().join('');
        expect(skeleton(after.replace(FENCE_LINE, ''))).toBe(skeleton(text));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a route that cannot be split', () => {
  const parsed = (text: string): RouteFile => RouteFile.parse(PATH, text);

  test('is refused when it is not there, with the names of those that are', () => {
    const file = parsed(
      rdsFile([
        blockRoute('cart', [
          ['blue', 1],
          ['green', 0],
        ]),
      ]),
    );
    expect(refusal(() => file.with('shop', GREEN_FIRST, FENCE))).toMatchObject({
      message: expect.stringContaining('no route named shop') as string,
      got: 'routes named cart',
      remedy: expect.stringContaining('name: shop') as string,
    });
  });

  test('is refused when it does not name the cluster', () => {
    const file = parsed(rdsFile([blockRoute('shop', [['blue', 1]])]));
    expect(refusal(() => file.with('shop', GREEN_FIRST, FENCE))).toMatchObject({
      message: expect.stringContaining('does not name the cluster green') as string,
      remedy: expect.stringContaining('{ name: green, weight: 0 }') as string,
    });
  });

  test('sends everybody back from a cluster that somebody has taken out of it [W6] [C-11]', () => {
    const file = parsed(rdsFile([blockRoute('shop', [['blue', 80_000]])]));
    const back = [
      { cluster: 'green', weight: 0 },
      { cluster: 'blue', weight: 100_000 },
    ];
    const changed = file.with('shop', back, FENCE);
    expect(changed.whatItSays('shop').weights).toEqual([{ cluster: 'blue', weight: 100_000 }]);
  });

  test('is refused where users would not keep their side, unless everybody goes to one', () => {
    const text = rdsFile([
      blockRoute('shop', [
        ['blue', 100_000],
        ['green', 0],
      ]),
    ]);
    for (const unsticky of [
      text.replace('use_hash_policy: true', 'use_hash_policy: false'),
      text.replace(/hash_policy: \[.*\]/, 'hash_policy: []'),
      text.replace('use_hash_policy: true', 'use_hash_policy: true\n                runtime_key_prefix: shop'),
    ]) {
      const file = parsed(unsticky);
      expect(refusal(() => file.with('shop', GREEN_FIRST, FENCE)).message).toContain('would not keep their side');
      const back = [
        { cluster: 'green', weight: 0 },
        { cluster: 'blue', weight: 100_000 },
      ];
      expect(weightsIn(file.with('shop', back, FENCE).text)).toEqual(back);
    }
  });

  test.each([
    ['a direct cluster', 'route: { cluster: blue }'],
    ['a redirect', 'redirect: { path_redirect: / }'],
  ])('is refused with %s, and no hindrance to the others', (_, action) => {
    const other = `          - { name: cart, match: { prefix: / }, ${action} }\n`;
    const file = parsed(
      rdsFile([
        other,
        blockRoute('shop', [
          ['blue', 1],
          ['green', 0],
        ]),
      ]),
    );
    expect(refusal(() => file.with('cart', GREEN_FIRST, FENCE)).message).toContain('no weighted_clusters');
    expect(weightsIn(file.with('shop', GREEN_FIRST, FENCE).text)).toEqual(GREEN_FIRST);
  });

  test.each([
    ['without a weight', '{ name: green }'],
    ['with half a weight', '{ name: green, weight: 0.5 }'],
    ['whose weight others refer to', '{ name: green, weight: &w 5 }'],
    ['twice', '{ name: blue, weight: 5 }'],
    ['by a header', '{ cluster_header: x, weight: 5 }'],
  ])('is refused with a cluster %s, which is quoted', (_, entry) => {
    const text = rdsFile([
      `          - name: shop\n            route: { weighted_clusters: { clusters: [{ name: blue, weight: 1 }, ${entry}] } }\n`,
    ]);
    expect(refusal(() => parsed(text).with('shop', GREEN_FIRST, FENCE)).got).toBe(entry);
  });

  test('is refused when its entries cannot change places, and no hindrance to the others', () => {
    const crooked = `          - name: crooked
            route:
              weighted_clusters:
                clusters:
                  -   name: blue
                      weight: 1
                  - name: green
                    weight: 0
`;
    const file = parsed(
      rdsFile([
        crooked,
        blockRoute('shop', [
          ['blue', 1],
          ['green', 0],
        ]),
      ]),
    );
    expect(refusal(() => file.with('crooked', GREEN_FIRST, FENCE)).message).toContain(
      'without touching something else',
    );
    expect(weightsIn(file.with('shop', GREEN_FIRST, FENCE).text)).toEqual(GREEN_FIRST);
  });
});

describe('a file that is no RDS file is refused', () => {
  test.each([
    ['half a file', 'resources: [', /sequence/i],
    ['an empty one', '', /no list of resources/],
    ['something else', 'routers: {}', /no list of resources/],
  ])('%s', (_, text, got) => {
    const error = refusal(() => RouteFile.parse(PATH, text));
    expect(error.message).toContain('left as it is');
    expect(error.got).toMatch(got);
  });

  test('YAML under the name of JSON, which Envoy would not read', () => {
    expect(refusal(() => RouteFile.parse('routes.json', rdsFile([]))).message).toContain('no RDS file');
  });
});

const foreign = fc.jsonValue({ maxDepth: 1 });

/** Not ours: routes of that name are written below. */
const otherRoute = fc.record({ name: fc.constantFrom('a', 'b'), route: foreign, match: foreign });

const shopRoute = fc.record({
  name: fc.constant('shop'),
  match: foreign,
  typed_per_filter_config: foreign,
  route: fc.record({
    timeout: foreign,
    hash_policy: fc.constant([{ header: { header_name: 'x' } }]),
    weighted_clusters: fc.record({
      use_hash_policy: fc.constant(true),
      clusters: fc
        .shuffledSubarray(['blue', 'green', 'red'], { minLength: 3 })
        .chain((names) =>
          fc.tuple(
            ...names.map((name) => fc.record({ name: fc.constant(name), weight: fc.nat(9), metadata: foreign })),
          ),
        ),
    }),
  }),
});

const anyFile = fc
  .record({
    before: fc.array(otherRoute, { maxLength: 2 }),
    shop: shopRoute,
    after: fc.array(otherRoute, { maxLength: 2 }),
  })
  .map(({ before, shop, after }) => ({
    version_info: '1',
    resources: [{ name: 'services', virtual_hosts: [{ name: 'all', routes: [...before, shop, ...after] }] }],
  }));

type AnyFile = typeof anyFile extends fc.Arbitrary<infer File> ? File : never;

/** What must come out, said of data instead of text. */
function withWeights(file: AnyFile, green: number): unknown {
  const copy = structuredClone(file);
  for (const route of copy.resources[0]?.virtual_hosts[0]?.routes ?? []) {
    if (!('typed_per_filter_config' in route)) continue;
    Object.assign(route, { metadata: { filter_metadata: { headgate: { fence: FENCE } } } });
    const { weighted_clusters: weighted } = route.route;
    const of = (name: string, weight: number): object => ({
      ...weighted.clusters.find((one) => one.name === name),
      weight,
    });
    Object.assign(weighted, { clusters: [of('green', green), of('blue', 100_000 - green), of('red', 0)] });
  }
  return copy;
}
