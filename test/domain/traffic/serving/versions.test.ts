import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differInSpelling, versionIn } from '../../../../src/domain/traffic/serving/versions.js';

describe('the version in an answer', () => {
  test.each([
    ['text', '{"version":"2.0.0"}', '2.0.0'],
    ['a number, as it is written', '{"version": 2.10}', '2.10'],
    ['a number with more digits than a number can hold', '{"version":20240101123456789012}', '20240101123456789012'],
    ['a number beside texts that hold digits', '{"build":"a \\" 7, 8","version":42}', '42'],
    ['one field of many', '{"ok":true,"ports":[80,443],"version":"v3"}', 'v3'],
  ])('is %s [C-15]', (_, body, version) => {
    expect(versionIn(body, 'version')).toEqual({ version });
  });

  test.each([
    ['something that is not JSON', '<html>sign in</html>'],
    ['nothing', ''],
    ['a list', '["2.0.0"]'],
    ['null', 'null'],
    ['no such field', '{"build":"2.0.0"}'],
    ['a field that only objects have by birth', '{"a":1}', 'constructor'],
    ['an empty text', '{"version":""}'],
    ['true', '{"version":true}'],
    ['an object', '{"version":{"major":2}}'],
    ['a whole document', JSON.stringify({ version: 'x'.repeat(201) })],
  ])('is unknown where it holds %s: that is not another version [C-15]', (_, body, field = 'version') => {
    expect(versionIn(body, field)).toHaveProperty('unknown');
  });

  test('is what any program wrote as JSON [C-15]', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60 }), fc.jsonValue(), (version, other) => {
        expect(versionIn(JSON.stringify({ other, version }), 'version')).toEqual({ version });
      }),
    );
  });
});

test.each([
  ['v2.0.0', '2.0.0', true],
  ['V2.0.0', 'v2.0.0', true],
  [' 2.0.0\n', '2.0.0', true],
  ['3f2a91c', '3f2a91c0d1e2f3a4b5c6d7e8f90123456789abcd', true],
  ['2.0.0', '2.0.0', false],
  ['2.0.0', '2.0.1', false],
  ['2.1', '2.10', false],
  ['vanilla', 'anilla', false],
  ['3f2a91', '3f2a91c0d1e2f3a4b5c6d7e8f90123456789abcd', false],
])('%j and %j may be one version in two spellings: %s [C-15]', (a, b, alike) => {
  expect(differInSpelling(a, b)).toBe(alike);
  expect(differInSpelling(b, a)).toBe(alike);
});
