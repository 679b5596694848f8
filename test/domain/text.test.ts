import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesInJson, bytesOfJson, cut, cutBytes, lengthOf, oneLine, printable } from '../../src/domain/text.js';

const anyText = fc.string({ unit: 'binary', maxLength: 400 });

describe('a text', () => {
  test('that is too long is cut with a mark that says how long it was [W31]', () => {
    const text = cut('r'.repeat(614_400), 500);
    expect(text).toHaveLength(500);
    expect(text).toMatch(/r… \(cut; 614,400 characters\)$/);
  });

  test('is counted as people count, and never cut in the middle of a character [W31]', () => {
    expect(lengthOf('🚀🚀')).toBe(2);
    expect(cut('🚀'.repeat(100), 100)).toBe('🚀'.repeat(100));
    expect(cut('🚀'.repeat(101), 100)).toMatch(/^(🚀)+… \(cut; 101 characters\)$/u);
    fc.assert(
      fc.property(anyText, fc.integer({ min: 40, max: 200 }), (text, most) => {
        expect(lengthOf(cut(text, most))).toBeLessThanOrEqual(most);
        expect(printable(cut(printable(text), most))).toBe(cut(printable(text), most));
      }),
    );
  });

  test('takes as many bytes of JSON as are counted, and no more than it may [W31]', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 60, max: 400 }), (text, most) => {
        expect(bytesInJson(text)).toBe(Buffer.byteLength(JSON.stringify(text)) - 2);
        expect(bytesOfJson([text])).toBe(Buffer.byteLength(JSON.stringify([text])));
        expect(bytesInJson(cutBytes(text, most))).toBeLessThanOrEqual(most);
      }),
    );
  });

  test('keeps its line breaks, and loses what terminals and protocols choke on [W31]', () => {
    expect(printable('two\r\n\tlines')).toBe('two\r\n\tlines');
    expect(printable('\u001b[31mred\u0000 \ud83d')).toBe('\ufffd[31mred\ufffd \ufffd');
    expect(printable('\u009b31mred\u007f \u0085')).toBe('\ufffd31mred\ufffd \ufffd');
  });

  test('that becomes a line has no line breaks, so that nobody writes a line of their own [W31]', () => {
    expect(oneLine('lunch\r\n14:02:11  Promoted\u2028\tby ada\n')).toBe('lunch 14:02:11  Promoted \tby ada ');
    fc.assert(fc.property(anyText, (text) => !/[\r\n\u2028\u2029\u0000-\u0008\u007f-\u009f]/.test(oneLine(text))));
  });
});
