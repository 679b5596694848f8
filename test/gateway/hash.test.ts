import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PARTS_PER_WHOLE } from '../../src/domain/percent.js';
import { bucketOf } from '../../src/gateway/route.js';

describe('the hash of a user', () => {
  test('is always the same part of the whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (key) => {
        const bucket = bucketOf(key);
        expect(bucket).toBe(bucketOf(key));
        expect(Number.isInteger(bucket) && bucket >= 0 && bucket < PARTS_PER_WHOLE).toBe(true);
      }),
    );
  });

  test('never changes between releases, or every user would change sides', () => {
    expect(['', 'user-1', 'user-2', 'shop\nada@example.org', '日本'].map(bucketOf)).toMatchInlineSnapshot(`
      [
        98923,
        44803,
        87946,
        70795,
        53225,
      ]
    `);
  });

  test.each([
    ['counted users', (index: number) => `user-${String(index)}`],
    ['numbers alone', String],
    ['numbers with zeros in front', (index: number) => String(index).padStart(12, '0')],
    ['hex tokens', (index: number) => (index * 2_654_435_761).toString(16)],
  ])('spreads %s evenly: chi-square over 100 cells, p > 0.0001', (_, keyOf) => {
    const keys = 50_000;
    const cells = new Array<number>(100).fill(0);
    for (let index = 0; index < keys; index += 1) {
      const cell = Math.floor((bucketOf(keyOf(index)) * cells.length) / PARTS_PER_WHOLE);
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    const expected = keys / cells.length;
    const chiSquare = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // The 0.9999 quantile of chi-square with 99 degrees of freedom.
    expect(chiSquare).toBeLessThan(159);
  });
});
