import fc from 'fast-check';
import { expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import {
  breachOf,
  picturesOf,
  planVerdict,
  stageVerdict,
  beginAnalysis,
  observe,
} from '../../../src/domain/analysis/step-by-step.js';
import { carryOver, type AnalysisState } from '../../../src/domain/analysis/analysis.js';
import { healthScore } from '../../../src/domain/analysis/health-score.js';
import type { AnalysisPlan, Check } from '../../../src/domain/analysis/plan.js';
import { problemsOfAnalysisPlan } from '../../../src/domain/analysis/plan-rules.js';
import type { AnalysisInterval, Sampled, TrafficSample } from '../../../src/domain/analysis/sample.js';
import { INTERVAL_MS, observed } from './support.js';

const proportion = fc.constantFrom('errorRate', 'latencyP50', 'latencyP99');

const check: fc.Arbitrary<Check> = fc.oneof(
  fc.record(
    {
      kind: fc.constant('threshold' as const),
      metric: fc.constantFrom('errorRate', 'latencyP95', 'requestRate', 'queue'),
      max: fc.constantFrom(0, 0.01, 0.5, 1),
      failureLimit: fc.integer({ min: 0, max: 3 }),
      consecutiveErrorLimit: fc.integer({ min: 0, max: 3 }),
      minRequests: fc.integer({ min: 1, max: 300 }),
      windowMs: fc.integer({ min: 1, max: 10 * INTERVAL_MS }),
    },
    { requiredKeys: ['kind', 'metric', 'max'] },
  ),
  fc.record(
    {
      kind: fc.constant('sequential' as const),
      metric: fc.constant('errorRate'),
      max: fc.constantFrom(0, 0.001, 0.01, 0.5, 0.95, 1),
      minRequests: fc.integer({ min: 1, max: 300 }),
    },
    { requiredKeys: ['kind', 'metric', 'max'] },
  ),
  fc.record({
    kind: fc.constant('sequential' as const),
    metric: fc.constant('latencyP99'),
    max: fc.constantFrom(50, 120, 5000),
  }),
  fc.record({
    kind: fc.constant('baseline' as const),
    metric: proportion,
    maxIncrease: fc.constantFrom(0.1, 0.5, 3),
  }),
  fc.record({ kind: fc.constant('custom' as const), name: fc.constant('depth'), max: fc.constant(10) }),
);

const plan: fc.Arbitrary<AnalysisPlan> = fc
  .record(
    {
      checks: fc.uniqueArray(check, {
        maxLength: 4,
        selector: (one) => `${one.kind}/${'metric' in one ? one.metric : ''}`,
      }),
      proof: fc.constantFrom('no-harm' as const, 'evidence' as const),
      dispersion: fc.constantFrom(1, 2.5, 16),
      alpha: fc.constantFrom(0.01, 0.05, 0.5),
    },
    { requiredKeys: ['checks'] },
  )
  .filter((one) => problemsOfAnalysisPlan(one, 'plan').length === 0);

function sampled(hasHistogram: fc.Arbitrary<boolean>): fc.Arbitrary<TrafficSample> {
  return fc
    .tuple(
      fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 4, maxLength: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      hasHistogram,
    )
    .map(([perBucket, badShare, hasHistogram]) => {
      let count = 0;
      const edges = [50, 100, 200, null];
      const latencyHistogram = perBucket.map((inBucket, index) => {
        count += inBucket;
        return { leMs: edges[index] ?? null, count };
      });
      const sample = { requests: count, errors: Math.floor(count * badShare ** 4) };
      return hasHistogram ? { ...sample, latencyHistogram } : sample;
    });
}

const sane = sampled(fc.boolean());

const anyNumber = fc.oneof(fc.double(), fc.integer({ min: -5, max: 500 }));

const insane: fc.Arbitrary<Sampled> = fc.oneof(
  fc.constant('no-data' as const),
  fc.record({ requests: anyNumber, errors: anyNumber }),
  fc.record({
    requests: anyNumber,
    errors: anyNumber,
    latencyHistogram: fc.array(fc.record({ leMs: fc.option(anyNumber), count: anyNumber }), { maxLength: 4 }),
  }),
);

function inARow(samples: fc.Arbitrary<Sampled>, maxLength = 30): fc.Arbitrary<readonly AnalysisInterval[]> {
  const one = fc.record({ candidate: samples, baseline: samples, depth: fc.option(anyNumber) });
  return fc.array(one, { maxLength }).map((all) =>
    all.map(({ candidate, baseline, depth }, index) => ({
      startMs: index * INTERVAL_MS,
      endMs: (index + 1) * INTERVAL_MS,
      candidate,
      baseline,
      ...(depth === null ? {} : { scalars: { depth, queue: depth } }),
    })),
  );
}

const mixed = inARow(fc.oneof({ weight: 4, arbitrary: sane }, { weight: 1, arbitrary: insane }));

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

test('feeding one by one, through JSON as payloads do, gives the same verdicts as all at once [C-12]', () => {
  fc.assert(
    fc.property(plan, mixed, (one, all) => {
      let state = beginAnalysis(one);
      const verdicts = all.map((interval) => {
        state = observe(one, JSON.parse(JSON.stringify(state)) as AnalysisState, interval);
        return planVerdict(one, state);
      });
      expect(analyse(one, all).verdicts).toEqual(verdicts);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    }),
  );
});

/** What came in may be shown as it came. */
const QUOTED_INPUT = /\(requests \S+, errors \S+\)|bucket counts \S+/g;

test('whatever comes in, nothing throws, and nothing that goes out is NaN or infinite [C-14]', () => {
  const times = fc.record({ startMs: anyNumber, endMs: anyNumber });
  fc.assert(
    fc.property(plan, mixed, fc.array(times, { maxLength: 3 }), (one, all, odd) => {
      const intervals = [
        ...all,
        ...odd.map((at) => ({ ...at, candidate: { requests: 10, errors: 1 }, baseline: { requests: 10, errors: 1 } })),
      ];
      const state = observed(one, intervals);
      const pictures = picturesOf(one, state);
      const seen = [state.checks, state.stage, pictures, breachOf(one, state), healthScore(pictures, null)];
      for (const number of numbersIn(seen)) expect(Number.isFinite(number)).toBe(true);
      const verdict = JSON.stringify(stageVerdict(one, state)).replaceAll(QUOTED_INPUT, '');
      expect(verdict).not.toMatch(/NaN|Infinity|undefined/);
      const reasons = pictures.map(({ reason }) => reason.replaceAll(QUOTED_INPUT, ''));
      expect(reasons.join()).not.toMatch(/NaN|Infinity|undefined/);
      const score = healthScore(pictures, null);
      expect(score === null || (score >= 0 && score <= 1)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('failed is final [C-08]', () => {
  fc.assert(
    fc.property(plan, mixed, (one, all) => {
      const { verdicts, final, decidedAtInterval } = analyse(one, all);
      const first = verdicts.indexOf('failed');
      if (first >= 0) {
        expect(new Set(verdicts.slice(first))).toEqual(new Set(['failed']));
        expect([final, decidedAtInterval]).toEqual(['failed', first]);
        expect(planVerdict(one, carryOver(observed(one, all)))).toBe('failed');
      }
    }),
  );
});

test('intervals without any request change nothing [C-14]', () => {
  const still: fc.Arbitrary<AnalysisPlan> = plan.map((one) => ({
    ...one,
    checks: one.checks.filter((each) => each.kind === 'sequential' || each.kind === 'baseline'),
  }));
  fc.assert(
    fc.property(
      still,
      inARow(sampled(fc.constant(true))),
      fc.array(fc.nat(30), { maxLength: 10 }),
      (one, all, places) => {
        const empty = { requests: 0, errors: 0 };
        const withGaps = all.flatMap((interval, index) => {
          const gaps = places.filter((place) => place === index).length;
          const part = INTERVAL_MS / (gaps + 1);
          return Array.from({ length: gaps + 1 }, (_, nth) => {
            const at = { startMs: interval.startMs + nth * part, endMs: interval.startMs + (nth + 1) * part };
            return nth < gaps ? { ...at, candidate: empty, baseline: empty } : { ...interval, ...at };
          });
        });
        const evidence = (state: AnalysisState) =>
          state.checks.map((each) => (each.engine === 'threshold' ? null : each.weighed));
        const plain = observed(one, all);
        const gapped = observed(one, withGaps);
        const dated = (state: AnalysisState) => JSON.stringify(evidence(state)).replace(/"sinceMs":[\d.]+/g, '');
        expect(dated(gapped)).toBe(dated(plain));
        expect(planVerdict(one, gapped)).toBe(planVerdict(one, plain));
      },
    ),
  );
});

test('more bad requests never make a check fail later [C-05]', () => {
  const counted = fc.uniqueArray(
    fc.constantFrom<Check>(
      { kind: 'threshold', metric: 'errorRate', max: 0.1, failureLimit: 1 },
      { kind: 'sequential', metric: 'errorRate', max: 0.05 },
      { kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 },
    ),
    { minLength: 1, maxLength: 3 },
  );
  const pair = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(100), fc.nat(100), fc.nat(20));
  fc.assert(
    fc.property(counted, fc.array(pair, { minLength: 1, maxLength: 25 }), (checks, rows) => {
      const failsAt = (more: boolean) => {
        const { verdicts } = analyse(
          { checks, dispersion: 1 },
          rows.map(([requests, few, extra, baselineErrors], index) => {
            const errors = Math.floor((requests * few * few) / 20_000);
            return {
              startMs: index * INTERVAL_MS,
              endMs: (index + 1) * INTERVAL_MS,
              candidate: { requests, errors: more ? errors + Math.floor(((requests - errors) * extra) / 100) : errors },
              baseline: { requests: 200, errors: baselineErrors },
            };
          }),
        );
        const first = verdicts.indexOf('failed');
        return first < 0 ? Infinity : first;
      };
      expect(failsAt(true)).toBeLessThanOrEqual(failsAt(false));
    }),
  );
});
