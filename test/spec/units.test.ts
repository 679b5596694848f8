import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readBound, readIncrease } from '../../src/spec/units/bound.js';
import { spellDuration } from '../../src/domain/duration.js';
import { readDuration, readSeconds } from '../../src/spec/units/duration.js';
import type { Read } from '../../src/spec/units/read.js';
import { readFraction, readPercent } from '../../src/spec/units/share.js';

function valueOf(read: Read<number>): number | string {
  return 'value' in read ? read.value : read.refused.rule;
}

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['1h 30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  [' 10m ', 600_000],
  ['-5m', -300_000],
  ['0s', 0],
  ['10', 'units.duration'],
  [10, 'units.duration'],
  ['', 'units.duration'],
  ['10 minutes', 'units.duration'],
  ['1m2', 'units.duration'],
  [null, 'units.duration'],
])('the time %j is %j [U-01]', (given, expected) => {
  expect(valueOf(readDuration(given))).toBe(expected);
});

test('a monitoring interval may be a number, of seconds [U-01]', () => {
  expect([60, '60', '60s', '1m', 0.1].map((given) => valueOf(readSeconds(given)))).toEqual([
    60_000, 60_000, 60_000, 60_000, 100,
  ]);
});

test.each([
  ['5%', 5],
  ['5 %', 5],
  ['0.5%', 0.5],
  [0.05, 5],
  ['0.05', 5],
  [0.07, 7],
  [1, 100],
  [0, 0],
  ['120%', 120],
  [5, 'units.share'],
  [1.01, 'units.share'],
  [-0.1, 'units.share'],
  ['five', 'units.share'],
  [NaN, 'units.share'],
  [Infinity, 'units.share'],
  [true, 'units.share'],
])('the share %j is %j percent [U-01] [U-02]', (given, expected) => {
  expect(valueOf(readPercent(given))).toBe(expected);
});

test('a fraction and its percentage are the same share [U-01]', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), (parts) => {
      expect(readPercent(parts / 100_000)).toEqual(readPercent(`${String(parts / 1000)}%`));
      expect(readFraction(`${String(parts / 1000)}%`)).toEqual({ value: parts / 100_000 });
    }),
  );
});

test('a number above 1 and up to 100 is answered with how to write it [U-02]', () => {
  expect(readPercent(5)).toEqual({
    refused: expect.objectContaining({ remedy: 'Write 5% or 0.05' }) as unknown,
  });
});

test.each([
  ['errorRate', '1%', 0.01],
  ['errorRate', 0.01, 0.01],
  ['successRate', '99.9%', 0.999],
  ['errorRate', '10ms', 'units.bound'],
  ['latencyP99', '500ms', 500],
  ['latencyP50', '1.5s', 1500],
  ['latencyP95', 250, 250],
  ['latencyP95', '5%', 'units.bound'],
  ['requestRate', '100/s', 100],
  ['requestRate', '1.5 / s', 1.5],
  ['requestRate', '100rps', 'units.bound'],
  ['queue', '1000', 1000],
  ['queue', -5, -5],
  ['queue', '5%', 'units.bound'],
])('a bound on %s of %j is %j [U-01]', (metric, given, expected) => {
  expect(valueOf(readBound(metric, given))).toBe(expected);
});

test('an increase over the baseline is a fraction or a percentage', () => {
  expect(['50%', 0.5, '0.5', '150%', 'half'].map((given) => valueOf(readIncrease(given)))).toEqual([
    0.5,
    0.5,
    0.5,
    1.5,
    'units.increase',
  ]);
});

test('a time that is written out is read back as it was', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (ms) => {
      expect(readDuration(spellDuration(ms))).toEqual({ value: ms });
    }),
  );
});
