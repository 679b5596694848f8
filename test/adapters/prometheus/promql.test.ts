import { expect, test } from 'vitest';
import { fillPromql, UnwritableValueError } from '../../../src/adapters/metrics/prometheus/promql.js';
import { withLabels } from '../../../src/adapters/metrics/prometheus/selectors.js';

test.each([
  ['a{b="{{backend}}"}', 'shop-blue', 'a{b="shop-blue"}'],
  ['a{b="{{ backend }}"}', 'x', 'a{b="x"}'],
  ['a{b="{{backend}}"}', '"} or vector(0) #', String.raw`a{b="\"} or vector(0) #"}`],
  ["a{b='{{backend}}'}", "'} or x", String.raw`a{b='\x27} or x'}`],
  ['a{b="{{backend}}"}', 'back\\slash\n', String.raw`a{b="back\\slash\n"}`],
  ['a{b=`{{backend}}`}', 'as it "is"', 'a{b=`as it "is"`}'],
  [String.raw`a{c="\"",b="{{backend}}"}`, '"', String.raw`a{c="\"",b="\""}`],
  ['rate({{backend}}_total[1m])', 'shop_blue', 'rate(shop_blue_total[1m])'],
  ['a{b="{{other}}"}', 'x', 'a{b="{{other}}"}'],
])('%s with %j', (template, backend, filled) => {
  expect(fillPromql(template, { backend })).toBe(filled);
});

test.each([
  ['{{backend}}_total', 'x} or vector(0) or {y'],
  ['a{b=`{{backend}}`}', '`} or vector(0)'],
])('%s refuses %j, which would end its place', (template, backend) => {
  expect(() => fillPromql(template, { backend })).toThrow(UnwritableValueError);
});

test('labels that every series must have are added to every selector', () => {
  const selectors = {
    requests: 'a{x="1",}',
    errors: 'a',
    presence: 'p{}',
    latency: { buckets: 'h{y="}"}', unit: 's' as const },
  };
  expect(withLabels(selectors, { cluster: 'e"u' })).toEqual({
    requests: String.raw`a{x="1",cluster="e\"u"}`,
    errors: String.raw`a{cluster="e\"u"}`,
    presence: String.raw`p{cluster="e\"u"}`,
    latency: { buckets: String.raw`h{y="}",cluster="e\"u"}`, unit: 's' },
  });
});
