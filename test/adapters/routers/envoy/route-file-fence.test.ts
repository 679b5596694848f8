import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { RouteFile } from '../../../../src/adapters/routers/envoy/route-file.js';
import { AdapterUnavailableError } from '../../../../src/domain/errors.js';
import { nextFence, NO_FENCE } from '../../../../src/domain/traffic/fence.js';
import { blockRoute, rdsFile } from './support.js';

const PATH = '/etc/envoy/routes.yaml';
const BLUE = [{ cluster: 'blue', weight: 100_000 }];

const SPLIT = `route:
              hash_policy: [{ header: { header_name: x-user } }]
              weighted_clusters: { use_hash_policy: true, clusters: [{ name: blue, weight: 100000 }] }
`;

/** A file with one route, of which everything up to its split is given. */
const withEntry = (lines: string): string => rdsFile([`          ${lines}${SPLIT}`]);

const fenced = (text: string, fence = 41, path = PATH): string =>
  RouteFile.parse(path, text).with('shop', BLUE, fence).text;

const fenceIn = (text: string, path = PATH): number => RouteFile.parse(path, text).whatItSays('shop').fence;

/** The lines that one text has more than the other, which is in it. */
function added(before: string, after: string): readonly string[] {
  const left = before.split('\n');
  return after.split('\n').filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

describe('the fence of a route', () => {
  test('is none where nobody has written one, and is read where one stands', () => {
    expect(fenceIn(withEntry('- name: shop\n            '))).toBe(NO_FENCE);
    for (const metadata of [
      '{ filter_metadata: { headgate: { fence: 41 } } }',
      '{ filterMetadata: { headgate: { fence: "41" } } }',
      '\n              filter_metadata:\n                envoy.lb: { canary: true }\n                headgate:\n                  fence: 41 # ours',
    ])
      expect(fenceIn(withEntry(`- name: shop\n            metadata: ${metadata}\n            `))).toBe(41);
  });

  test.each(['fence: soon', 'fence: -1', 'fence: 0.5', 'fence: true', 'fence: ~'])(
    'is none where somebody has written `%s`, and takes its place',
    (written) => {
      const text = withEntry(
        `- name: shop\n            metadata: { filter_metadata: { headgate: { ${written} } } }\n            `,
      );
      expect(fenceIn(text)).toBe(NO_FENCE);
      expect(fenced(text)).toBe(text.replace(written, 'fence: 41'));
    },
  );

  test('is written the first time on a line of its own under the name, behind a comment too', () => {
    const text = withEntry(`- match: { prefix: / }
            name: "shop" # as headgate.yaml calls it
            `);
    expect(added(text, fenced(text))).toEqual([
      '            metadata: { filter_metadata: { headgate: { fence: 41 } } }',
    ]);
    expect(fenced(text)).toContain('# as headgate.yaml calls it\n            metadata:');
  });

  test('is changed later where it stands, and nothing else', () => {
    const text = fenced(withEntry('- name: shop\n            '));
    expect(fenced(text, 49)).toBe(text.replace('fence: 41', 'fence: 49'));
    expect(fenceIn(fenced(text, 49))).toBe(49);
  });

  test('stands in every entry of one name; the greatest counts', () => {
    const route = blockRoute('shop', [
      ['green', 0],
      ['blue', 1],
    ]);
    const once = fenced(rdsFile([route, route]));
    expect(once.match(/fence: 41/g)).toHaveLength(2);
    expect(fenceIn(once.replace('fence: 41', 'fence: 57'))).toBe(57);
    expect(fenceIn(once.replace(/\n *metadata.*/, ''))).toBe(41);
  });

  test('keeps the ends of the lines that the file has', () => {
    const text = withEntry('- name: shop\n            ').replaceAll('\n', '\r\n');
    expect(fenced(text).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(parse(fenced(text))).toEqual(parse(fenced(text.replaceAll('\r\n', '\n'))));
  });

  test('is written between braces too, in the style of what is there', () => {
    const flow = rdsFile([
      '          - { name: shop, match: { prefix: / }, route: { weighted_clusters: { clusters: [{ name: blue, weight: 1 }] } } }\n',
    ]);
    expect(fenced(flow)).toContain('{ name: shop, metadata: { filter_metadata: { headgate: { fence: 41 } } }, match:');
    const oneLine = JSON.stringify(parse(flow));
    expect(fenced(oneLine, 41, 'r.json')).toContain(
      '"name":"shop", "metadata": { "filter_metadata": { "headgate": { "fence": 41 } } },"match"',
    );
    expect(JSON.parse(fenced(oneLine, 41, 'r.json'))).toEqual(parse(fenced(flow)));
    const pretty = JSON.stringify(parse(flow), null, 2);
    expect(added(pretty, fenced(pretty, 41, 'r.json'))[0]).toMatch(/^ +"metadata": \{ "filter_metadata"/);
  });

  test.each<readonly [string, string, object]>([
    [
      'in block style',
      '\n              filter_metadata:\n                # for the balancer\n                envoy.lb: { canary: true }',
      { filter_metadata: { headgate: { fence: 41 }, 'envoy.lb': { canary: true } } },
    ],
    [
      'between braces',
      ' { filter_metadata: { envoy.lb: { canary: true } } }',
      { filter_metadata: { headgate: { fence: 41 }, 'envoy.lb': { canary: true } } },
    ],
    [
      'without filters',
      ' { typed_filter_metadata: {} }',
      { filter_metadata: { headgate: { fence: 41 } }, typed_filter_metadata: {} },
    ],
    [
      'with something of ours',
      ' { filter_metadata: { headgate: { owner: ada } } }',
      { filter_metadata: { headgate: { fence: 41, owner: 'ada' } } },
    ],
    ['that is empty', ' {}', { filter_metadata: { headgate: { fence: 41 } } }],
  ])('is added to the metadata of others, %s, which stay', (_, metadata, expected) => {
    const text = withEntry(`- name: shop\n            metadata:${metadata}\n            `);
    const after = fenced(text);
    const parsed = parse(text) as { resources: { virtual_hosts: { routes: object[] }[] }[] };
    Object.assign(parsed.resources[0]?.virtual_hosts[0]?.routes[0] ?? {}, { metadata: expected });
    expect(parse(after)).toEqual(parsed);
    // What is said about an entry goes on to stand above it.
    if (metadata.includes('#')) expect(after).toContain('# for the balancer\n                envoy.lb');
  });

  test.each([
    [
      'an alias',
      [
        '- name: other\n            metadata: &m { filter_metadata: { a: {} } }\n            match: {}\n          - name: shop\n            metadata: *m\n            ',
      ],
      /metadata of the route shop .* at another place/,
    ],
    [
      'what others repeat',
      [
        '- name: shop\n            metadata: &m { filter_metadata: { a: {} } }\n            ',
        '- name: other\n            metadata: *m\n            ',
      ],
      /metadata of the route shop .* at another place/,
    ],
    [
      'nothing at all',
      ['- name: shop\n            metadata:\n            '],
      /fence of the route shop .* cannot be written/,
    ],
    [
      'a list',
      ['- name: shop\n            metadata: []\n            '],
      /fence of the route shop .* cannot be written/,
    ],
  ])('is refused with a remedy where the metadata is %s, and the file stays', (_, entries, message) => {
    const text = rdsFile(entries.map((lines) => `          ${lines}${SPLIT}`));
    let refusal: unknown;
    try {
      fenced(text);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(AdapterUnavailableError);
    expect(refusal).toMatchObject({
      message: expect.stringMatching(message) as string,
      remedy: expect.stringMatching(/^Write /) as string,
    });
  });

  test('is known again in the text of another worker, who wrote the first or another one', () => {
    const text = withEntry('- name: shop\n            ');
    const file = RouteFile.parse(PATH, text);
    const [first, later] = [fenced(text), fenced(fenced(text), 49)];
    expect(file.withTextOf(first)?.whatItSays('shop').fence).toBe(41);
    expect(RouteFile.parse(PATH, first).withTextOf(later)?.whatItSays('shop').fence).toBe(49);
    expect(file.withTextOf(later)?.withTextOf(text)?.whatItSays('shop').fence).toBe(NO_FENCE);
    expect(file.withTextOf(later)?.text).toBe(later);
    expect(file.withTextOf(first.replace('fence: 41', 'fence: x'))).toBeNull();
  });

  test('comes back as it was written, whatever the file has beside it', () => {
    const entry = fc.record(
      {
        match: fc.jsonValue({ maxDepth: 1 }),
        name: fc.constant('shop'),
        metadata: fc.record(
          {
            typed_filter_metadata: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 })),
            filter_metadata: fc.dictionary(
              fc.constantFrom('a', 'envoy.lb', 'x y'),
              fc.dictionary(fc.string(), fc.nat()),
            ),
          },
          { requiredKeys: [] },
        ),
        route: fc.constant({ weighted_clusters: { clusters: [{ name: 'blue', weight: 1 }] } }),
      },
      { requiredKeys: ['name', 'route'] },
    );
    fc.assert(
      fc.property(entry, fc.nat({ max: 1e9 }), fc.constantFrom('yaml', 'json', 'pretty'), (route, sequence, style) => {
        const file = { resources: [{ virtual_hosts: [{ routes: [route] }] }] };
        const text = style === 'yaml' ? stringify(file) : JSON.stringify(file, null, style === 'json' ? 0 : 2);
        const path = style === 'yaml' ? PATH : 'routes.json';
        const fence = nextFence(sequence);
        // As the file has it: JSON knows no -0.
        const written = (parse(text) as typeof file).resources[0]?.virtual_hosts[0]?.routes[0];
        const after = fenced(text, fence, path);
        expect(fenceIn(after, path)).toBe(fence);
        expect(parse(after)).toEqual({
          resources: [
            {
              virtual_hosts: [
                {
                  routes: [
                    {
                      ...written,
                      metadata: {
                        ...written?.metadata,
                        filter_metadata: { ...written?.metadata?.filter_metadata, headgate: { fence } },
                      },
                      route: { weighted_clusters: { clusters: [{ name: 'blue', weight: 100_000 }] } },
                    },
                  ],
                },
              ],
            },
          ],
        });
      }),
    );
  });
});
