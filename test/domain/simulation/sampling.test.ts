import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom, type Random } from '../../../src/domain/simulation/random.js';
import { binomial } from '../../../src/domain/simulation/sampling/binomial.js';
import { failures } from '../../../src/domain/simulation/sampling/failures.js';
import { gamma, normal } from '../../../src/domain/simulation/sampling/gamma.js';
import { poisson } from '../../../src/domain/simulation/sampling/poisson.js';

const DRAWS = 4000;

/** So many standard errors: among a million samplers that are right, fewer than one is further off. */
const FAR = 5;

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

function momentsOf(draws: readonly number[]): Moments {
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws.length - 1);
  return { mean, variance };
}

/** Means and variances as they must be, within what chance allows; the variance's own scatter comes from the draws. */
function expectMoments(seed: number, draw: (random: Random) => number, expected: Moments): void {
  const random = seededRandom(seed);
  const draws = Array.from({ length: DRAWS }, () => draw(random));
  const { mean, variance } = momentsOf(draws);
  const meanError = Math.sqrt(expected.variance / DRAWS);
  const squares = momentsOf(draws.map((value) => (value - mean) ** 2));
  const varianceError = Math.sqrt(squares.variance / DRAWS);
  expect(Math.abs(mean - expected.mean)).toBeLessThanOrEqual(FAR * meanError + 1e-12);
  // Rare large values make a sample's own idea of its scatter too small.
  expect(Math.abs(variance - expected.variance)).toBeLessThanOrEqual(
    FAR * varianceError + 0.15 * expected.variance + 1e-12,
  );
}

const seeds = fc.integer({ min: 0, max: 2 ** 32 });
const chances = fc.double({ min: 0.0005, max: 0.9995, noNaN: true });

describe('samplers', () => {
  test('binomial counts have the mean n p and the variance n p (1 − p)', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 20, max: 5000 }), chances, (seed, n, p) => {
        expectMoments(seed, (random) => binomial(random, n, p), { mean: n * p, variance: n * p * (1 - p) });
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('binomial counts have the chances that the formula gives, on both ways of drawing', () => {
    for (const [n, p] of [
      [10, 0.3],
      [40, 0.4],
      [60, 0.7],
    ] as const) {
      const random = seededRandom(n);
      const seen = new Array<number>(n + 1).fill(0);
      for (let draw = 0; draw < 50_000; draw += 1) {
        const count = binomial(random, n, p);
        seen[count] = (seen[count] ?? 0) + 1;
      }
      let chance = (1 - p) ** n;
      for (let count = 0; count <= n; count += 1) {
        const expected = 50_000 * chance;
        expect(Math.abs((seen[count] ?? 0) - expected)).toBeLessThanOrEqual(FAR * Math.sqrt(expected) + 3);
        chance *= ((n - count) / (count + 1)) * (p / (1 - p));
      }
    }
  });

  test('Poisson counts have their mean as their variance', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.05, max: 3000, noNaN: true }), (seed, mean) => {
        expectMoments(seed, (random) => poisson(random, mean), { mean, variance: mean });
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  test('gamma numbers have their shape as mean and as variance', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.2, max: 200, noNaN: true }), (seed, shape) => {
        expectMoments(seed, (random) => gamma(random, shape), { mean: shape, variance: shape });
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  test('normal numbers have the mean 0 and the variance 1', () => {
    for (let seed = 0; seed < 10; seed += 1) expectMoments(seed, normal, { mean: 0, variance: 1 });
  });

  test('failures in bursts have the same mean as independent ones and φ times their variance', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 500, max: 5000 }),
        fc.double({ min: 0.005, max: 0.05, noNaN: true }),
        fc.double({ min: 1.5, max: 8, noNaN: true }),
        (seed, n, p, dispersion) => {
          expectMoments(seed, (random) => failures(random, n, p, dispersion), {
            mean: n * p,
            variance: dispersion * n * p,
          });
        },
      ),
      { numRuns: 40, seed: 4 },
    );
  });

  test('never count more than there is, nor less than nothing', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 0, max: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 1, max: 16, noNaN: true }),
        (seed, n, p, dispersion) => {
          const count = failures(seededRandom(seed), n, p, dispersion);
          expect(Number.isInteger(count)).toBe(true);
          expect(count).toBeGreaterThanOrEqual(0);
          expect(count).toBeLessThanOrEqual(n);
        },
      ),
    );
  });
});

describe('random numbers', () => {
  test('are the same for the same seeds, and others for others', () => {
    const few = (...given: readonly number[]): readonly number[] => {
      const random = seededRandom(...given);
      return Array.from({ length: 5 }, random);
    };
    fc.assert(
      fc.property(seeds, fc.nat(), fc.nat(), (seed, run, other) => {
        expect(few(seed, run)).toEqual(few(seed, run));
        if (run !== other) expect(few(seed, run)).not.toEqual(few(seed, other));
      }),
    );
  });

  test('spread evenly, also the first number of each of many streams', () => {
    const parts = new Array<number>(20).fill(0);
    for (let stream = 0; stream < 20_000; stream += 1) {
      const part = Math.floor(seededRandom(7, stream)() * 20);
      parts[part] = (parts[part] ?? 0) + 1;
    }
    for (const count of parts) expect(Math.abs(count - 1000)).toBeLessThanOrEqual(FAR * Math.sqrt(1000));
  });
});
