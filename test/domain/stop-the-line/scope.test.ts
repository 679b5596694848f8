import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLineCommand } from '../../../src/domain/stop-the-line/commands.js';
import { covers, EVERYTHING, isSameScope, withoutMatch } from '../../../src/domain/stop-the-line/scope.js';

const name = fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom('a', 'b', '-', '.', '1') });

describe('a scope', () => {
  test('without stars covers exactly the services that it names [M-07]', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), name, (scope, service) => {
        expect(covers(scope, service)).toBe(scope.includes(service));
      }),
    );
  });

  test('with stars covers what a regular expression would [M-07]', () => {
    const pattern = fc.array(fc.constantFrom('a', 'b', '*'), { minLength: 1, maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }), (scope, service) => {
        expect(covers([scope], service)).toBe(new RegExp(`^${scope.replaceAll('*', '.*')}$`).test(service));
      }),
      { numRuns: 2000 },
    );
  });

  test('of stars and long names does not hang [M-07]', () => {
    expect(covers([`${'*a'.repeat(40)}b`], 'a'.repeat(100))).toBe(false);
  });

  test('of everything covers every service [M-07]', () => {
    fc.assert(fc.property(name, (service) => covers(EVERYTHING, service)));
  });

  test('names what stands for nothing [M-07]', () => {
    expect(withoutMatch(['checkout', 'serach', 'pay-*', 'x-*'], ['checkout', 'search', 'pay-web'])).toEqual([
      'serach',
      'x-*',
    ]);
  });

  test('is the same in any order [M-07]', () => {
    expect(isSameScope(['a', 'b'], ['b', 'a', 'a'])).toBe(true);
    expect(isSameScope(['a'], ['*'])).toBe(false);
  });
});

describe('what a person types', () => {
  test.each([
    [undefined, undefined],
    [null, undefined],
    ['checkout', ['checkout']],
    ['checkout, search', ['checkout', 'search']],
    [['checkout', 'checkout'], ['checkout']],
    [[], null],
    ['', null],
    [[' '], null],
    [5, null],
    [{ service: 'checkout' }, null],
    [['checkout', 5], null],
  ])('as a scope, %j, is read as %j: nobody guesses what shall be stopped [M-07]', (scope, read) => {
    expect(readLineCommand({ scope }).scope).toEqual(read);
  });
});
