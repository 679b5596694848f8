import { describe, expect, test } from 'vitest';
import {
  harmAlternatives,
  harmRatios,
  healthAlternatives,
} from '../../../src/domain/analysis/evidence/alternatives.js';
import { excessAfter, isShared, type Excess } from '../../../src/domain/analysis/evidence/excess.js';
import { DEFAULT_DISPERSION } from '../../../src/domain/analysis/defaults.js';
import { gather, NO_EVIDENCE, weightOf, type Evidence } from '../../../src/domain/analysis/evidence/process.js';
import { dispersionOf, NO_SCATTER, scatterAfter, type Scatter } from '../../../src/domain/analysis/evidence/scatter.js';
import { binomial, seededRandom } from './support.js';

function sum(values: readonly number[]): number {
  return values.reduce((whole, value) => whole + value, 0);
}

describe('the weights of beginnings', () => {
  test('are at most 1 in all, however long a rollout lasts', () => {
    let spent = 0;
    for (let interval = 1; interval <= 200_000; interval += 1) spent += weightOf(interval);
    // What is left beyond T is at most the integral from half a step earlier.
    const left = 0.2 * Math.sqrt((1.5 + 10) / (200_000.5 + 10));
    expect(spent + left).toBeLessThanOrEqual(1);
    expect(spent + left).toBeGreaterThan(0.999);
  });

  test('are at most 1 also where more was spent before, under other weights', () => {
    const spent = 0.9999;
    const before: Evidence = { intervals: 3, spent, sums: [1], level: 1 + (1 - spent) };
    const after = gather(before, [1], [0]);
    expect(after.spent).toBeLessThanOrEqual(1);
    expect(after.level).toBeCloseTo(before.level, 12);
  });
});

describe('the alternatives', () => {
  test.each([1e-6, 0.001, 0.01, 0.05, 0.5, 0.9, 0.99])('to a share of %d lie above it and below 1', (p0) => {
    const { prior, perBad, perGood } = harmAlternatives(p0);
    expect(sum(prior)).toBeCloseTo(1, 12);
    for (const [index, log] of perBad.entries()) {
      const share = p0 * Math.exp(log);
      expect(share).toBeGreaterThan(p0);
      expect(share).toBeLessThan(1);
      expect(perGood[index]).toBeCloseTo(Math.log((1 - share) / (1 - p0)), 9);
    }
  });

  test('below a share lie between it and 0', () => {
    for (const log of healthAlternatives(0.01).perBad) {
      expect(log).toBeLessThan(0);
      expect(log).toBeGreaterThan(-Math.log(40));
    }
  });

  test('to a ratio lie above it', () => {
    for (const ratio of harmRatios(1.5).ratios) expect(ratio).toBeGreaterThan(1.5);
  });

  test('to what cannot be exceeded are none', () => {
    expect(harmAlternatives(1).prior).toEqual([]);
    expect(harmAlternatives(0).prior).toEqual([]);
  });
});

/** ln L of every alternative for one interval of `n` requests with `s` bad ones. */
function logRatios(p0: number, n: number, s: number): readonly number[] {
  const { perBad, perGood } = harmAlternatives(p0);
  return perBad.map((bad, index) => s * bad + (n - s) * (perGood[index] ?? 0));
}

describe('evidence', () => {
  test('is a fair game at the bound: its mean over all outcomes of an interval is what it was before', () => {
    const [p0, n] = [0.1, 6];
    const { prior } = harmAlternatives(p0);
    const before: Evidence = [3, 0, 1].reduce((e, s) => gather(e, prior, logRatios(p0, n, s)), NO_EVIDENCE);
    let mean = 0;
    for (let s = 0, ways = 1; s <= n; ways = (ways * (n - s)) / (s + 1), s += 1) {
      mean += ways * p0 ** s * (1 - p0) ** (n - s) * gather(before, prior, logRatios(p0, n, s)).level;
    }
    expect(mean).toBeCloseTo(before.level, 10);
  });

  test('stays a number that JSON carries, whatever comes', () => {
    const { prior } = harmAlternatives(0.01);
    const level = gather(NO_EVIDENCE, prior, logRatios(0.01, 1e9, 1e9)).level;
    expect(Number.isFinite(level)).toBe(true);
    expect(level).toBeGreaterThan(1e100);
  });
});

describe('how failures scatter', () => {
  function after(samples: readonly (readonly [number, number])[]): Scatter {
    return samples.reduce((scatter, [requests, bad]) => scatterAfter(scatter, requests, bad), NO_SCATTER);
  }

  test('is taken for more than four times chance until the baseline has told enough', () => {
    expect(dispersionOf(NO_SCATTER)).toBe(DEFAULT_DISPERSION);
    expect(dispersionOf(after(Array.from({ length: 29 }, () => [100, 3])))).toBe(DEFAULT_DISPERSION);
    // Hundreds of intervals, but hardly a failure in any of them.
    expect(dispersionOf(after(Array.from({ length: 500 }, (_, index) => [100, index % 100 === 0 ? 1 : 0])))).toBe(
      DEFAULT_DISPERSION,
    );
    expect(dispersionOf(after(Array.from({ length: 500 }, () => [100, 0])))).toBe(DEFAULT_DISPERSION);
    expect(dispersionOf(after(Array.from({ length: 500 }, () => [100, 100])))).toBe(DEFAULT_DISPERSION);
  });

  test('comes near 1 for independent failures, traffic that changes included', () => {
    const random = seededRandom(3);
    const samples = Array.from({ length: 2000 }, (_, index) => {
      const requests = 50 + (index % 7) * 100;
      return [requests, binomial(random, requests, 0.05)] as const;
    });
    expect(dispersionOf(after(samples))).toBeGreaterThanOrEqual(1);
    expect(dispersionOf(after(samples))).toBeLessThan(1.3);
  });

  test('is found where failures come in fours', () => {
    const random = seededRandom(4);
    const samples = Array.from({ length: 2000 }, () => [400, 4 * binomial(random, 100, 0.02)] as const);
    expect(dispersionOf(after(samples))).toBeGreaterThan(3.8);
    expect(dispersionOf(after(samples))).toBeLessThan(5);
  });

  test('is not made larger by a slow drift, and never exceeds 16', () => {
    const drifting = Array.from({ length: 400 }, (_, index) => [1000, 10 + index] as const);
    expect(dispersionOf(after(drifting))).toBe(1);
    const wild = Array.from({ length: 400 }, (_, index) => [1000, index % 2 === 0 ? 900 : 1] as const);
    expect(dispersionOf(after(wild))).toBe(16);
  });
});

describe('the window of a breach', () => {
  const part = (startMs: number, bad: number, allowedBad: number) => ({
    startMs,
    candidate: { requests: 100, errors: bad, histogram: null, histogramTrouble: null },
    baseline: null,
    requests: 100,
    bad,
    allowedBad,
    baselineRequests: 0,
    baselineBad: 0,
  });

  test('begins where more is bad than allowed and starts over when that is made up for', () => {
    const parts = [part(0, 3, 1), part(1, 0, 1), part(2, 0, 1), part(3, 9, 1), part(4, 9, 1)];
    const seen = parts.map((_, index) =>
      parts.slice(0, index + 1).reduce<Excess | null>((excess, one) => excessAfter(excess, one), null),
    );
    expect(seen.map((excess) => excess?.sinceMs ?? null)).toEqual([0, 0, null, 3, 3]);
    expect(seen.at(-1)).toMatchObject({ amount: 16, requests: 200, bad: 18 });
  });

  test('is shared where the baseline is above the bound as well, and not by chance [C-05]', () => {
    const excess = excessAfter(null, part(0, 30, 1));
    const shared = (baselineRequests: number, baselineBad: number, dispersion: number) =>
      excess !== null && isShared({ ...excess, baselineRequests, baselineBad }, 0.01, dispersion);
    expect(shared(1000, 100, 1)).toBe(true);
    expect(shared(1000, 9, 1)).toBe(false);
    expect(shared(20, 1, 1)).toBe(false);
    expect(shared(0, 0, 1)).toBe(false);
    expect(shared(60, 6, 1)).toBe(true);
    expect(shared(60, 6, 16)).toBe(false);
  });
});
