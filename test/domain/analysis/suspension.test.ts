import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnalysisPlan } from '../../../src/domain/analysis/plan.js';
import type { AnalysisInterval } from '../../../src/domain/analysis/sample.js';
import { observeInterval, resumeAnalysis } from '../../../src/domain/analysis/analysis.js';
import { stageVerdict } from '../../../src/domain/analysis/step-by-step.js';
import { conclusionOf, type StageVerdict } from '../../../src/domain/analysis/stage-verdict.js';
import { intervals, observed, planOf, repeat, traffic } from './support.js';

const plan: AnalysisPlan = { ...planOf({ kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 }), dispersion: 1 };

/** What a stage at this share comes to. */
function verdictAt(sharePercent: number, all: readonly AnalysisInterval[]): StageVerdict {
  return conclusionOf(all.reduce(observeInterval, resumeAnalysis(plan, null, sharePercent)));
}

/** One sticky user on the candidate, half of whose requests fail. */
const oneUser = repeat(20, traffic(10, 5));

describe('a comparison whose plan leaves the baseline its share', () => {
  test('does not pass because nobody came to the baseline [W12]', () => {
    expect(verdictAt(20, intervals(oneUser, repeat(20, traffic(0))))).toMatchObject({
      verdict: 'inconclusive',
      reason: 'errorRate vs baseline cannot be decided: the baseline has no requests',
      missing: ['errorRate vs baseline needs something to compare with'],
    });
  });

  test('does not pass by itself when the baseline falls under 1 % after a person was called [W12]', () => {
    const candidates = repeat(12, traffic(95, 1));
    const few = (count: number) =>
      intervals(candidates.slice(0, count), [traffic(11), ...repeat(count - 1, traffic(0))]);
    expect(verdictAt(20, few(1)).verdict).toBe('inconclusive');
    expect(verdictAt(20, few(12))).toMatchObject({
      verdict: 'inconclusive',
      reason: 'errorRate vs baseline cannot be decided: the baseline has only 0.956 % of the traffic',
    });
  });

  test('is decided again when the baseline has its traffic back [W12]', () => {
    const all = intervals(repeat(10, traffic(100, 1)), [...repeat(5, traffic(0)), ...repeat(5, traffic(400, 4))]);
    expect(verdictAt(20, all).verdict).toBe('successful');
  });

  test('never passes without a fair baseline, whatever traffic comes [W12]', () => {
    const sample = fc.record({ requests: fc.nat(300), errors: fc.nat(3) });
    const all = fc.array(fc.tuple(sample, fc.nat(3)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(all, fc.integer({ min: 1, max: 99 }), (pairs, sharePercent) => {
        const candidates = pairs.map(([{ requests, errors }]) => traffic(requests + errors, errors));
        const baselines = pairs.map(([, requests]) => traffic(requests));
        const requests = (samples: readonly { readonly requests: number }[]): number =>
          samples.reduce((sum, one) => sum + one.requests, 0);
        const isFair = requests(baselines) >= 0.01 * (requests(candidates) + requests(baselines));
        const { verdict, reason } = verdictAt(sharePercent, intervals(candidates, baselines));
        expect(reason).not.toMatch(/suspended/);
        if (!isFair || requests(baselines) === 0) expect(verdict).not.toBe('successful');
      }),
    );
  });
});

describe('a comparison whose plan leaves the baseline under 1 %', () => {
  test.each([
    [100, '0 %'],
    [99.5, '0.5 %'],
  ])('is suspended at %d %, with or without traffic there [W12]', (sharePercent, left) => {
    const candidates = repeat(5, traffic(100, 1));
    for (const baseline of [traffic(0), traffic(50)])
      expect(verdictAt(sharePercent, intervals(candidates, repeat(5, baseline)))).toMatchObject({
        verdict: 'successful',
        reason: `errorRate vs baseline is suspended: the plan leaves the baseline ${left} of the traffic`,
      });
  });
});

describe('a comparison of which nobody says what the plan leaves', () => {
  const verdictOf = (all: readonly AnalysisInterval[]): StageVerdict => stageVerdict(plan, observed(plan, all));

  test('is not suspended without any baseline, nor once it was compared [W12]', () => {
    expect(verdictOf(intervals(oneUser, repeat(20, traffic(0)))).verdict).toBe('inconclusive');
    const later = intervals(repeat(12, traffic(95, 1)), [traffic(11), ...repeat(11, traffic(0))]);
    expect(verdictOf(later).verdict).toBe('inconclusive');
  });
});
