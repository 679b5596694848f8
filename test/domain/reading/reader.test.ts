import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  byKind,
  flag,
  list,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
} from '../../../src/domain/reading/combinators.js';
import { problemSentence } from '../../../src/domain/reading/problems.js';
import { read, type Reader } from '../../../src/domain/reading/reader.js';

interface Box {
  readonly label: string;
  readonly size?: number;
  readonly lid: boolean | null;
  readonly inside: readonly Box[];
}

const box: Reader<Box> = (given, path, notes) =>
  object<Box>({
    label: text({ max: 40 }),
    size: optional(number({ min: 1, max: 10 })),
    lid: nullable(flag),
    inside: list(box, { max: 3, of: 'boxes' }),
  })(given, path, notes);

const good: Box = { label: 'outer', size: 3, lid: null, inside: [{ label: 'inner', lid: true, inside: [] }] };

const pathsOf = (given: unknown): string[] => read(box, given).problems.map(({ path }) => path);

describe('a reader', () => {
  test('yields what it was asked for', () => {
    expect(read(box, good)).toStrictEqual({ value: good, problems: [], unknown: [] });
  });

  test('says everything that is wrong at once, with where, what was expected and what was got [W5]', () => {
    const { value, problems } = read(box, {
      label: 7,
      size: '3',
      lid: 0,
      inside: [good, 'box', { label: 'x', lid: null }],
    });
    expect(value).toBeUndefined();
    expect(problems).toMatchObject([
      { path: 'label', expected: 'a text', got: '7' },
      { path: 'size', expected: 'a number of at least 1 and at most 10', got: '"3"' },
      { path: 'lid', expected: 'true or false', got: '0' },
      { path: 'inside[1]', expected: 'an object', got: '"box"' },
      { path: 'inside[2].inside', message: 'This is missing', expected: 'a list', got: 'nothing' },
    ]);
    expect(problems.slice(0, 2).map(problemSentence)).toEqual([
      'label must be a text, got 7',
      'size must be a number of at least 1 and at most 10, got "3"',
    ]);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['nothing', undefined],
    ['a list', [good]],
    ['a text', 'box'],
    ['bytes', new Uint8Array(5)],
    ['what is only inherited', Object.create(good)],
    ['what only a prototype has', JSON.parse(`{"__proto__":${JSON.stringify(good)}}`)],
  ])('takes %s for no object of this kind [W5]', (_, given) => {
    expect(read(box, given).problems.length).toBeGreaterThan(0);
    expect(read(box, given).value).toBeUndefined();
  });

  test.each([NaN, Infinity, -Infinity, 0, 11, '3', null, true])('takes %j for no number of this range [W5]', (size) => {
    expect(pathsOf({ ...good, size })).toEqual(['size']);
  });

  test('goes on without an optional field that makes no sense, and says so [W5]', () => {
    const { value, problems } = read(box, { ...good, size: 'large' });
    expect(value).toStrictEqual({ label: 'outer', lid: null, inside: good.inside });
    expect(problems).toHaveLength(1);
  });

  test('names fields that it does not know, and goes on without them [W5]', () => {
    const given: unknown = JSON.parse(
      '{"label":"x","lid":true,"inside":[],"colour":"red","__proto__":{"size":2},"constructor":1}',
    );
    expect(read(box, given)).toStrictEqual({
      value: { label: 'x', lid: true, inside: [] },
      problems: [],
      unknown: ['colour', '__proto__', 'constructor'],
    });
  });

  test('tells kinds apart, and no kind is inherited [W5]', () => {
    type Shape = { readonly kind: 'dot' } | { readonly kind: 'line'; readonly length: number };
    const shape = byKind<Shape>({
      dot: object<Extract<Shape, { kind: 'dot' }>>({ kind: oneOf(['dot']) }),
      line: object<Extract<Shape, { kind: 'line' }>>({ kind: oneOf(['line']), length: number() }),
    });
    expect(read(shape, { kind: 'line', length: 3 }).value).toEqual({ kind: 'line', length: 3 });
    for (const kind of ['toString', 'constructor', '__proto__', 7, undefined])
      expect(read(shape, { kind }).problems).toMatchObject([{ path: 'kind', expected: 'dot or line' }]);
  });

  test('does not look into a list that is too long, and quotes no whole document [W31]', () => {
    const { problems } = read(box, { ...good, label: 'l'.repeat(1e6), inside: Array.from({ length: 1e5 }, () => 'x') });
    expect(problems).toMatchObject([
      { path: 'label', expected: 'at most 40 characters', got: '1,000,000 characters' },
      { path: 'inside', message: 'Too many boxes', expected: 'at most 3', got: '100,000' },
    ]);
    const kinds = read(box, { ...good, lid: 'x'.repeat(1e6), [`k${'k'.repeat(1e6)}`]: 1 });
    expect(JSON.stringify(kinds).length).toBeLessThan(1000);
  });

  test('lists no more than 50 problems, and counts the others [W5]', () => {
    const many = object<Record<string, string>>(
      Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`field${String(index)}`, text({ max: 1 })])),
    );
    const { problems } = read(many, {});
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toMatchObject({ message: '70 more problems are not listed' });
  });

  test('bears what is nested a hundred thousand times [W5]', () => {
    const deep: unknown = JSON.parse('[{"inside":'.repeat(1e5) + '1' + '}]'.repeat(1e5));
    expect(pathsOf(deep)).toEqual(['']);
    expect(pathsOf({ ...good, lid: deep, label: deep })).toEqual(['label', 'lid']);
  });

  test('never throws, whatever it is given [W5]', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(anything, anything, anything, (whole, label, inside) => {
        for (const given of [whole, { ...good, label }, { ...good, inside }, { ...good, inside: [inside] }]) {
          const { value, problems } = read(box, given);
          expect(value !== undefined || problems.length > 0).toBe(true);
        }
      }),
    );
  });
});
