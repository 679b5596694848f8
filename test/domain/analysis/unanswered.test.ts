import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import { breachOf, picturesOf, stageVerdict } from '../../../src/domain/analysis/step-by-step.js';
import { carryOver } from '../../../src/domain/analysis/analysis.js';
import { learnFrom } from '../../../src/domain/analysis/learn.js';
import type { AnalysisPlan } from '../../../src/domain/analysis/plan.js';
import type { TrafficSample } from '../../../src/domain/analysis/sample.js';
import { binomial, INTERVAL_MS, intervals, observed, planOf, repeat, seededRandom, timed, traffic } from './support.js';

const plan: AnalysisPlan = planOf(
  { kind: 'sequential', metric: 'errorRate', max: 0.01 },
  { kind: 'sequential', metric: 'latencyP99', max: 500 },
);

/** So many fast answers, and so many requests that nobody answered. */
function hanging(answered: number, unanswered: number): TrafficSample {
  const { latencyHistogram = [], errors } = timed({ 250: answered, 500: 0, Infinity: 0 });
  return { requests: answered + unanswered, errors, unanswered, latencyHistogram };
}

describe('a candidate that answers its health endpoint and hangs on all else', () => {
  const hangs = [...repeat(9, hanging(8, 197)), hanging(10, 195)];
  const well = repeat(10, hanging(820, 0));

  test('is harm where the baseline answers the same users [W10]', () => {
    const state = observed(plan, intervals(hangs, well));
    expect(stageVerdict(plan, state).verdict).toBe('failed');
    expect(breachOf(plan, state)?.checks).toMatchObject([
      {
        name: 'unanswered',
        bound: 'max +100 %',
        sharedWithBaseline: false,
        reason:
          "unanswered: 96.1 % of 205 requests were not answered, 0 % of the baseline's 820, allowed is max +100 %",
      },
    ]);
    expect(picturesOf(plan, state).at(-1)).toMatchObject({ name: 'unanswered', verdict: 'failed', healthScore: 0 });
  });

  test('is unknown where nothing tells how the baseline does, in words that say so [W10]', () => {
    for (const baseline of [[], repeat(10, 'no-data' as const), repeat(10, traffic(0))]) {
      const verdict = stageVerdict(plan, observed(plan, intervals(hangs, baseline)));
      expect(verdict).toMatchObject({
        verdict: 'inconclusive',
        reason: '1,968 of 2,050 requests to the candidate were not answered',
        missing: ['the stage needs answers'],
        proven: false,
      });
    }
  });

  test('is unknown also where less than half hangs, and there is nothing to compare with [W10]', () => {
    const some = repeat(20, hanging(55, 45));
    for (const baseline of [[], repeat(20, 'no-data' as const), repeat(20, traffic(0))]) {
      const { verdict, reason } = stageVerdict(plan, observed(plan, intervals(some, baseline)));
      expect(verdict).toBe('inconclusive');
      expect(reason).toBe(
        '45 % of 2,000 requests to the candidate were not answered, and there is no baseline to compare with',
      );
    }
  });

  test('says that none was completed, and not that requests are missing [W10]', () => {
    const verdict = stageVerdict(plan, observed(plan, intervals([hanging(0, 363)])));
    expect(verdict.reason).toBe('363 of 363 requests to the candidate were not answered');
    expect(picturesOf(plan, observed(plan, intervals([hanging(0, 363)])))[0]).toMatchObject({
      reason: 'cannot be known: 363 of 363 requests to the candidate were not answered',
      missing: 'needs answers',
    });
  });

  test('is unknown where the baseline hangs as well: nobody knows whose fault it is [W10]', () => {
    const both = repeat(20, hanging(8, 197));
    const timeline = analyse(plan, intervals(both, both));
    expect(timeline.verdicts).not.toContain('failed');
    expect(timeline.final).toBe('inconclusive');
  });

  test('passes by no check, not even by a query or by none at all [W10]', () => {
    for (const checks of [[], [{ kind: 'custom', name: 'queue', max: 5 } as const]]) {
      const all = intervals(hangs, well).map((interval) => ({ ...interval, scalars: { queue: 1 } }));
      expect(stageVerdict({ checks }, observed({ checks }, all)).verdict).not.toBe('successful');
    }
  });
});

describe('unanswered requests', () => {
  test('make no rate and no latency better, and are no errors [W10]', () => {
    const answered = timed({ 250: 94, 500: 4, 1000: 2, Infinity: 0 }, 4);
    const with30 = { ...answered, requests: 130, unanswered: 30 };
    const [alone, both] = [answered, with30].map((sample) =>
      picturesOf(plan, observed(plan, intervals([sample], [sample]))).slice(0, 2),
    );
    expect(both?.map(({ value, reason }) => ({ value, reason }))).toEqual(
      alone?.map(({ value, reason }) => ({ value, reason })),
    );
  });

  test('of half of the requests are harm, and so are a few of a hundred when they go on [W10]', () => {
    for (const [answered, unanswered, times] of [
      [50, 50, 3],
      [95, 5, 40],
    ] as const) {
      const candidates = repeat(times, hanging(answered, unanswered));
      expect(analyse(plan, intervals(candidates, repeat(times, hanging(398, 2)))).final).toBe('failed');
    }
  });

  test('that are clearly more than the baseline has let no stage pass before they are proven to be harm [W10]', () => {
    const state = observed(plan, intervals([hanging(186, 14)], [hanging(800, 0)]));
    expect(stageVerdict(plan, state)).toMatchObject({
      verdict: 'inconclusive',
      reason: "7 % of 200 requests to the candidate were not answered, 0 % of the baseline's 800",
    });
  });

  test('as users have them on both backends, impatient or uploading, are nothing [W10]', () => {
    const candidates = repeat(40, hanging(70, 30));
    expect(analyse(plan, intervals(candidates, repeat(40, hanging(280, 120)))).final).toBe('successful');
  });

  test('that are rare are no reason to roll back, however certain it is that there are more [W10]', () => {
    const candidates = repeat(200, hanging(1992, 8));
    expect(analyse(plan, intervals(candidates, repeat(200, hanging(1999, 1)))).verdicts).not.toContain('failed');
  });

  test('at full load are compared with what the baseline had before [W10]', () => {
    const before = observed(plan, intervals(repeat(5, hanging(100, 0)), repeat(5, hanging(398, 2))));
    const full = observed(plan, intervals(repeat(5, hanging(360, 140)), repeat(5, traffic(0))), carryOver(before));
    expect(stageVerdict(plan, full)).toMatchObject({
      verdict: 'inconclusive',
      reason: "28 % of 2,500 requests to the candidate were not answered, 0.5 % of the baseline's 2,000",
    });
  });

  test('that begin at the end of a stage are not drowned by its beginning [W10]', () => {
    const all = intervals([...repeat(50, hanging(100, 0)), hanging(0, 100)]);
    expect(stageVerdict(plan, observed(plan, all))).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^[\d.]+ % of the newest requests to the candidate were not answered$/) as string,
    });
  });

  test('of a baseline in the past tell how they scatter [W10]', () => {
    const random = seededRandom(5);
    const past = Array.from({ length: 60 }, (_, index) => ({
      startMs: index * INTERVAL_MS,
      endMs: (index + 1) * INTERVAL_MS,
      baseline: hanging(95, binomial(random, 10, 0.5)),
    }));
    const { unanswered } = learnFrom(plan, past);
    expect(unanswered?.comparison.weighed.scatter).toMatchObject({ intervals: 60 });
    expect(unanswered?.baseline.all).toBeGreaterThan(5700);
  });

  test.each([
    ['more than there were requests', { requests: 10, errors: 0, unanswered: 11 }, /more unanswered requests \(11\)/],
    ['that are no number', { requests: 10, errors: 0, unanswered: NaN }, /unanswered requests \(NaN\)/],
    ['and more errors than answers', { requests: 10, errors: 6, unanswered: 5 }, /more errors \(6\) than answered/],
  ])('%s are nonsense [C-14]', (_, sample, why) => {
    const { verdict, reason } = stageVerdict(plan, observed(plan, intervals([hanging(1000, 0), sample])));
    expect({ verdict, reason }).toEqual({ verdict: 'error', reason: expect.stringMatching(why) as string });
  });

  test('of two alike backends roll hardly anybody back, whatever users do [W10]', () => {
    const random = seededRandom(11);
    let rolledBack = 0;
    const rollouts = 300;
    for (let rollout = 0; rollout < rollouts; rollout += 1) {
      const share = random() * 0.3;
      const pairs = Array.from({ length: 100 }, () => {
        const [own, others] = [binomial(random, 20, share), binomial(random, 80, share)];
        return [hanging(20 - own, own), hanging(80 - others, others)] as const;
      });
      const all = intervals(
        pairs.map(([candidate]) => candidate),
        pairs.map(([, baseline]) => baseline),
      );
      if (breachOf(plan, observed(plan, all)) !== null) rolledBack += 1;
    }
    expect(rolledBack).toBeLessThanOrEqual(1);
  });

  test('never let a stage pass that they are most of [W10]', () => {
    const sample = fc.tuple(fc.nat(60), fc.integer({ min: 0, max: 200 }));
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 20 }), fc.boolean(), (pairs, withBaseline) => {
        const candidates = pairs.map(([answered, unanswered]) => hanging(answered, unanswered));
        const baselines = withBaseline ? pairs.map(() => hanging(400, 2)) : [];
        const [answered, unanswered] = [0, 1].map((index) => pairs.reduce((sum, pair) => sum + (pair[index] ?? 0), 0));
        const { verdict } = stageVerdict(plan, observed(plan, intervals(candidates, baselines)));
        if ((unanswered ?? 0) > (answered ?? 0)) expect(verdict).not.toBe('successful');
      }),
    );
  });
});
