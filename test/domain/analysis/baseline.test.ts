import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import { breachOf, picturesOf, planVerdict, stageVerdict } from '../../../src/domain/analysis/step-by-step.js';
import { carryOver } from '../../../src/domain/analysis/analysis.js';
import type { AnalysisPlan, BaselineCheck } from '../../../src/domain/analysis/plan.js';
import { intervals, observed, planOf, repeat, timed, traffic } from './support.js';

const errors: BaselineCheck = { kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 };
const plan: AnalysisPlan = { ...planOf(errors), dispersion: 1 };

describe('against the baseline', () => {
  test('a shock that hits both backends cancels, where an absolute bound fires [C-02]', () => {
    const candidates = [...repeat(10, traffic(100, 1)), ...repeat(5, traffic(100, 40)), ...repeat(10, traffic(100, 1))];
    const baselines = candidates.map(({ requests, errors: bad }) => traffic(9 * requests, 9 * bad));
    expect(analyse(plan, intervals(candidates, baselines)).verdicts).not.toContain('failed');
    expect(analyse(plan, intervals(candidates, baselines)).final).toBe('successful');
    const absolute: AnalysisPlan = { ...planOf({ kind: 'sequential', metric: 'errorRate', max: 0.05 }), dispersion: 1 };
    expect(analyse(absolute, intervals(candidates, baselines)).final).toBe('failed');
  });

  test('a candidate that is worse in the same moment fails, with both shares [C-05]', () => {
    const state = observed(plan, intervals(repeat(5, traffic(200, 12)), repeat(5, traffic(1800, 18))));
    expect(planVerdict(plan, state)).toBe('failed');
    expect(breachOf(plan, state)?.checks[0]).toMatchObject({
      name: 'errorRate vs baseline',
      bound: 'max +50 %',
      value: 0.06,
      baselineValue: 0.01,
      sharedWithBaseline: false,
      reason: "errorRate vs baseline 6 % of 200 requests failed, 1 % of the baseline's 1,800, allowed is max +50 %",
    });
  });

  test('an increase within the margin passes [C-04]', () => {
    const state = observed(plan, intervals(repeat(10, traffic(1000, 12)), repeat(10, traffic(1000, 10))));
    const { verdict, reason } = stageVerdict(plan, state);
    expect(verdict).toBe('successful');
    expect(reason).toBe(
      'errorRate vs baseline 1.2 % of 10,000 requests failed, ' +
        "1 % of the baseline's 10,000 (+20 %), within max +50 %, no evidence of harm",
    );
  });

  test('a success rate is compared by its errors', () => {
    const success: AnalysisPlan = { ...planOf({ ...errors, metric: 'successRate' }), dispersion: 1 };
    const worse = intervals(repeat(5, traffic(200, 12)), repeat(5, traffic(1800, 18)));
    expect(analyse(success, worse).final).toBe('failed');
    expect(analyse(success, worse).verdicts).toEqual(analyse(plan, worse).verdicts);
  });

  test('one bad request alone does not hold a stage up', () => {
    const state = observed(plan, intervals([traffic(200, 1)], [traffic(3800)]));
    expect(planVerdict(plan, state)).toBe('successful');
    expect(planVerdict(plan, observed(plan, intervals([traffic(200, 2)], [traffic(3800)])))).toBe('inconclusive');
  });

  test('a stage needs its requests first [C-04]', () => {
    const state = observed(plan, intervals([traffic(40)], [traffic(500)]));
    expect(stageVerdict(plan, state).missing).toEqual([
      'errorRate vs baseline needs about 60 more requests (15 s at the present rate)',
    ]);
  });

  test('a missing baseline is unknown [C-14]', () => {
    const verdicts = analyse(plan, intervals(repeat(6, traffic(100)), repeat(6, 'no-data' as const))).verdicts;
    expect(verdicts).toEqual(['inconclusive', 'inconclusive', 'inconclusive', 'inconclusive', 'error', 'error']);
    expect(analyse(plan, intervals(repeat(6, traffic(100)))).final).toBe('error');
  });

  test('health is proven only with evidence where the plan asks for it [C-04]', () => {
    const strict: AnalysisPlan = { ...plan, proof: 'evidence' };
    const alike = (times: number) => intervals(repeat(times, traffic(500, 5)), repeat(times, traffic(500, 5)));
    const early = stageVerdict(strict, observed(strict, alike(2)));
    expect(early.verdict).toBe('inconclusive');
    expect(early.missing[0]).toMatch(/^errorRate vs baseline needs about [\d,]+ more requests to prove health/);
    expect(analyse(strict, alike(60)).final).toBe('successful');
    expect(stageVerdict(strict, observed(strict, alike(60))).reason).toMatch(/proven$/);
  });
});

describe('a baseline with under 1 % of the traffic', () => {
  const full = intervals(repeat(5, traffic(1000, 50)), repeat(5, traffic(5)));

  test('suspends the check, which then neither passes nor blocks', () => {
    const state = observed(plan, full);
    expect(planVerdict(plan, state)).toBe('inconclusive');
    expect(stageVerdict(plan, state)).toEqual({
      verdict: 'successful',
      reason: 'errorRate vs baseline is suspended: the baseline has only 0.498 % of the traffic',
      missing: [],
      proven: false,
    });
    expect(picturesOf(plan, state)[0]?.suspended).toBe(true);
  });

  test('leaves the verdict to the other checks', () => {
    const both: AnalysisPlan = {
      ...planOf({ kind: 'sequential', metric: 'errorRate', max: 0.1 }, errors),
      dispersion: 1,
    };
    expect(planVerdict(both, observed(both, full))).toBe('successful');
    const bad = intervals(repeat(5, traffic(1000, 500)), repeat(5, traffic(5)));
    expect(planVerdict(both, observed(both, bad))).toBe('failed');
  });

  test('keeps the evidence that there was', () => {
    const suspicious = observed(plan, intervals(repeat(2, traffic(100, 5)), repeat(2, traffic(900, 14))));
    const before = picturesOf(plan, suspicious)[0]?.healthScore ?? 1;
    expect(before).toBeLessThan(1);
    const later = observed(plan, full, carryOver(suspicious));
    expect(picturesOf(plan, later)[0]?.healthScore).toBe(before);
  });
});

describe('a latency against the baseline', () => {
  const p99: AnalysisPlan = { ...planOf({ kind: 'baseline', metric: 'latencyP99', maxIncrease: 0.5 }), dispersion: 1 };
  const usual = timed({ 50: 500, 75: 400, 100: 80, 150: 10, 200: 5, 300: 5, 400: 0, 600: 0, Infinity: 0 });
  const slower = timed({ 50: 0, 75: 0, 100: 500, 150: 400, 200: 80, 300: 10, 400: 5, 600: 5, Infinity: 0 });

  test('that is the same passes', () => {
    expect(analyse(p99, intervals(repeat(30, usual), repeat(30, usual))).final).toBe('successful');
  });

  test('that doubles fails where half as much again is allowed [C-02]', () => {
    const state = observed(p99, intervals(repeat(30, slower), repeat(30, usual)));
    expect(planVerdict(p99, state)).toBe('failed');
    expect(breachOf(p99, state)?.checks[0]?.reason).toMatch(
      /^latencyP99 vs baseline [\d.]+ % of [\d,]+ requests were slower than \d+ ms, [\d.]+ % of the baseline's [\d,]+ slower than \d+ ms, allowed is max \+50 %$/,
    );
  });

  test('whose difference is hidden inside buckets is not taken for fine [C-14]', () => {
    const coarse = timed({ 50: 500, 100: 480, 200: 15, 400: 5, 800: 0, Infinity: 0 });
    const doubled = timed({ 50: 0, 100: 500, 200: 480, 400: 15, 800: 5, Infinity: 0 });
    const state = observed(p99, intervals(repeat(30, doubled), repeat(30, coarse)));
    expect(stageVerdict(p99, state).verdict).toBe('inconclusive');
    expect(stageVerdict(p99, state).reason).toMatch(/hidden inside a bucket$/);
    expect(analyse(p99, intervals(repeat(30, coarse), repeat(30, coarse))).final).toBe('successful');
  });

  test('is compared with what the baseline did before, not with the same moment', () => {
    const [first] = analyse(p99, intervals([slower], [usual])).verdicts;
    expect(first).toBe('inconclusive');
  });

  test('that both share passes, however slow', () => {
    const both = [...repeat(20, usual), ...repeat(20, slower)];
    expect(analyse(p99, intervals(both, both)).verdicts).not.toContain('failed');
  });
});
