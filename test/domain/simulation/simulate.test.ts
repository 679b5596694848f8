import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import type { AnalysisPlan } from '../../../src/domain/analysis/plan.js';
import type { AnalysisInterval } from '../../../src/domain/analysis/sample.js';
import { planVerdict, beginAnalysis, observe } from '../../../src/domain/analysis/step-by-step.js';
import type { AnalysisState } from '../../../src/domain/analysis/analysis.js';
import type { CanaryPlan } from '../../../src/domain/canary/plan.js';
import { CANARY_RULES } from '../../../src/domain/canary/rules.js';
import { simulatable } from '../../../src/domain/simulation/assumptions.js';
import { problemsOfSimulation } from '../../../src/domain/simulation/problems.js';
import { plannedMs, simulate, type SimulationSetup } from '../../../src/domain/simulation/simulate.js';
import { simulateRollout } from '../../../src/domain/simulation/simulated-rollout.js';
import type { TrafficModel } from '../../../src/domain/simulation/traffic-model.js';
import { TrafficSource } from '../../../src/domain/simulation/traffic-source.js';
import { MINUTE_MS, modelOf, planOf, version } from './support.js';

const SPAN = { fromMs: -120 * MINUTE_MS, toMs: 240 * MINUTE_MS };

function runOf(plan: CanaryPlan, model: TrafficModel, run = 0) {
  const source = new TrafficSource(model, 1, run, 10_000, SPAN);
  return simulateRollout(CANARY_RULES, plan, source, model.degradation?.atMs ?? null);
}

function setupOf(change: Partial<SimulationSetup> = {}): SimulationSetup {
  return { rules: CANARY_RULES, plan: planOf(), model: modelOf(), runs: 20, seed: 1, compare: false, ...change };
}

const BAD = { atMs: 0, overMs: 0, to: version(0.1) };

describe('a simulated rollout', () => {
  test('with a healthy candidate takes every stage in its time [C-04]', () => {
    expect(runOf(planOf(), modelOf())).toEqual({
      outcome: 'promoted',
      endedAtMs: 40 * MINUTE_MS,
      fullAtMs: 30 * MINUTE_MS,
      exposedRequests: 0,
      shares: [
        { atMs: 0, sharePercent: 5 },
        { atMs: 10 * MINUTE_MS, sharePercent: 25 },
        { atMs: 20 * MINUTE_MS, sharePercent: 50 },
        { atMs: 30 * MINUTE_MS, sharePercent: 100 },
      ],
    });
  });

  test('with a bad candidate is rolled back at the edge of an interval, in the first stage [C-05]', () => {
    const { outcome, endedAtMs, exposedRequests, shares } = runOf(planOf(), modelOf({ degradation: BAD }));
    expect(outcome).toBe('rolledBack');
    expect(endedAtMs % MINUTE_MS).toBe(0);
    expect(endedAtMs).toBeLessThan(10 * MINUTE_MS);
    expect(shares.map(({ sharePercent }) => sharePercent)).toEqual([5, 0]);
    expect(exposedRequests / ((50 * 0.05 * endedAtMs) / 1000)).toBeCloseTo(1, 0);
  });

  test('counts the requests that meet the bad version from the moment on at which it is bad', () => {
    const late = modelOf({ degradation: { ...BAD, atMs: 24.5 * MINUTE_MS } });
    const { outcome, endedAtMs, exposedRequests } = runOf(planOf(), late);
    expect(outcome).toBe('rolledBack');
    expect(endedAtMs).toBeGreaterThan(24.5 * MINUTE_MS);
    const expected = (50 * 0.5 * (endedAtMs - 24.5 * MINUTE_MS)) / 1000;
    expect(Math.abs(exposedRequests - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  test('holds a stage that has too few requests, and ends as its plan says [C-04, C-14]', () => {
    const quiet = modelOf({ requestsPerSecond: 0.5 });
    const outcomeOf = (action: CanaryPlan['onUnknown']['action'], deadlineMs: number) =>
      runOf(planOf({ onUnknown: { action, deadlineMs } }), quiet);
    // 0.5/s at 5 %: 100 requests take about 67 minutes.
    expect(outcomeOf('hold', 10 * MINUTE_MS)).toMatchObject({ outcome: 'held', endedAtMs: 20 * MINUTE_MS });
    expect(outcomeOf('abort', 10 * MINUTE_MS)).toMatchObject({ outcome: 'aborted', endedAtMs: 20 * MINUTE_MS });
    expect(outcomeOf('continue', 10 * MINUTE_MS).shares.at(1)).toEqual({ atMs: 20 * MINUTE_MS, sharePercent: 25 });
    const patient = outcomeOf('hold', 240 * MINUTE_MS);
    expect(patient.outcome).toBe('promoted');
    expect(patient.fullAtMs).toBeGreaterThan(60 * MINUTE_MS);
  });

  test('holds for a person where the baseline breaches as well [C-05]', () => {
    const shaken = modelOf({ shocks: { everyMs: MINUTE_MS, lastMs: 120 * MINUTE_MS, errorRate: 0.5 } });
    expect(runOf(planOf(), shaken).outcome).toBe('held');
  });

  test('judges a stage whose time is no whole number of intervals by all of it', () => {
    const stages = [
      { trafficPercent: 5, durationMs: 150_000 },
      { trafficPercent: 100, durationMs: 90_000 },
    ];
    const run = runOf(planOf({ stages }), modelOf());
    expect(run).toMatchObject({ outcome: 'promoted', fullAtMs: 150_000, endedAtMs: 240_000 });
  });

  test('carries evidence of harm from stage to stage [C-09]', () => {
    // Each stage alone, of one interval with some 40 requests, is too short to find it.
    const short = [5, 6, 7, 8, 9, 10, 11, 12, 100].map((trafficPercent) => ({ trafficPercent, durationMs: MINUTE_MS }));
    const plan = planOf(
      { stages: short, onUnknown: { action: 'continue', deadlineMs: 1 } },
      { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.01, minRequests: 1 }], dispersion: 1 },
    );
    const model = modelOf({ requestsPerSecond: 8, degradation: { ...BAD, to: version(0.035) } });
    const runs = Array.from({ length: 40 }, (_, run) => runOf(plan, model, run));
    const onTheWay = runs.filter(({ outcome, fullAtMs }) => outcome === 'rolledBack' && fullAtMs === null);
    expect(onTheWay.length).toBeGreaterThan(20);
  });
});

describe('many simulated rollouts', () => {
  test('give the same figures for the same seed, and others for another', () => {
    const setup = setupOf({ model: modelOf({ degradation: BAD, dispersion: 2 }), compare: true });
    expect(simulate(setup)).toEqual(simulate(setup));
    expect(simulate({ ...setup, seed: 2 }).policies).not.toEqual(simulate(setup).policies);
  });

  test('tell a healthy candidate from a bad one', () => {
    const [ours] = simulate(setupOf({ model: modelOf({ degradation: BAD }) })).summaries;
    expect(ours?.healthy).toMatchObject({ falseRollbacks: { share: 0 }, promoted: 1, held: 0, aborted: 0 });
    expect(ours?.healthy.timeToFullMs).toEqual({ median: 30 * MINUTE_MS, p90: 30 * MINUTE_MS });
    expect(ours?.bad).toMatchObject({ detected: { share: 1 }, promoted: 0 });
    expect(ours?.bad?.detectionMs?.median).toBeLessThan(5 * MINUTE_MS);
  });

  test('show a plan that is wrong: bursts taken for independent failures', () => {
    const model = modelOf({ dispersion: 8, baseline: version(0.008), candidate: version(0.008) });
    const falseRollbacks = (dispersion?: number) =>
      simulate(setupOf({ plan: planOf({}, dispersion === undefined ? {} : { dispersion }), model, runs: 60 }))
        .summaries[0]?.healthy.falseRollbacks.share;
    expect(falseRollbacks(1)).toBeGreaterThan(0.3);
    expect(falseRollbacks()).toBeLessThanOrEqual(0.05);
  });

  test('put the same traffic under the rules of others, where these can express any check', () => {
    const model = modelOf({
      requestsPerSecond: 20,
      baseline: version(0.005),
      candidate: version(0.005),
      degradation: BAD,
    });
    const { summaries } = simulate(setupOf({ compare: true, model }));
    const names = [
      'Headgate',
      'Argo Rollouts, failureLimit 0',
      'Argo Rollouts, failureLimit 3',
      'Flagger, threshold 5',
    ];
    expect(summaries.map(({ policy }) => policy)).toEqual(names);
    // A minute at 5 % of 20 requests/s brings 60: one failure of them is more than 1 %.
    expect(summaries[0]?.healthy.falseRollbacks.share).toBe(0);
    expect(summaries[1]?.healthy.falseRollbacks.share).toBe(1);
    for (const { bad } of summaries) expect(bad?.detected.share).toBe(1);

    const relative = planOf({}, { checks: [{ kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 }] });
    expect(simulate(setupOf({ plan: relative, compare: true })).summaries.map(({ policy }) => policy)).toEqual([
      'Headgate',
    ]);
  });
});

describe('what the worker sees and what analyse says', () => {
  test('are the same verdicts on simulated streams, state by state through JSON [C-12]', () => {
    const checks: AnalysisPlan['checks'] = [
      { kind: 'sequential', metric: 'errorRate', max: 0.01 },
      { kind: 'sequential', metric: 'latencyP99', max: 500 },
      { kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 },
      { kind: 'baseline', metric: 'latencyP99', maxIncrease: 0.5 },
      { kind: 'threshold', metric: 'errorRate', max: 0.02, failureLimit: 3 },
    ];
    fc.assert(
      fc.property(
        fc.nat(),
        fc.double({ min: 0, max: 0.05, noNaN: true }),
        fc.double({ min: 1, max: 6, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        (run, p, dispersion, slower) => {
          const model = modelOf({
            dispersion,
            degradation: { atMs: 5 * MINUTE_MS, overMs: 0, to: version(p, 60 * slower) },
          });
          const source = new TrafficSource(model, 1, run, MINUTE_MS, SPAN);
          const at = (minute: number): AnalysisInterval => {
            const startMs = minute * MINUTE_MS;
            return { startMs, endMs: startMs + MINUTE_MS, ...source.sample(startMs, startMs + MINUTE_MS, 25) };
          };
          const intervals = Array.from({ length: 20 }, (_, minute) => at(minute));
          const fromBaseline = Array.from({ length: 40 }, (_, minute) => at(minute - 40));
          const plan: AnalysisPlan = { checks, dispersion: { fromBaseline } };
          let state = beginAnalysis(plan);
          const verdicts = intervals.map((interval) => {
            state = observe(plan, JSON.parse(JSON.stringify(state)) as AnalysisState, interval);
            return planVerdict(plan, state);
          });
          expect(analyse(plan, intervals).verdicts).toEqual(verdicts);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('what cannot be simulated', () => {
  test('is left out, and said', () => {
    const { plan, notes } = simulatable(
      planOf(
        {
          stages: [
            { trafficPercent: 5, durationMs: 1, approval: { timeoutMs: null, onTimeout: 'hold' } },
            { trafficPercent: 100, durationMs: 1 },
          ],
          health: { endpoints: ['/health'], intervalMs: 1, timeoutMs: 1, successThreshold: 1 },
        },
        {
          checks: [
            { kind: 'sequential', metric: 'errorRate', max: 0.01 },
            { kind: 'threshold', metric: 'queue', max: 3, query: 'q' },
          ],
        },
      ),
    );
    expect(plan.stages).toEqual([
      { trafficPercent: 5, durationMs: 1 },
      { trafficPercent: 100, durationMs: 1 },
    ]);
    expect(plan.analysis.checks).toHaveLength(1);
    expect(notes.join('; ')).toMatch(/approval.*probes.*queue/);
  });

  test('makes no sense, all of it at once', () => {
    const nonsense = problemsOfSimulation(
      setupOf({
        model: {
          requestsPerSecond: 0,
          baseline: { errorRate: 2, latency: { medianMs: 0, p99Ms: -1 } },
          candidate: version(0),
          degradation: { atMs: plannedMs(planOf()), overMs: -1, to: version(-1) },
          dispersion: 0.5,
          shocks: { everyMs: 1, lastMs: 2, errorRate: 0 },
        },
        runs: 1.5,
        seed: -1,
      }),
    );
    expect(new Set(nonsense.map(({ path }) => path))).toEqual(
      new Set([
        '--request-rate',
        '--error-rate',
        '--latency-median',
        '--latency-p99',
        '--bursts',
        '--bad-error-rate',
        '--bad-at',
        '--bad-over',
        '--shock-error-rate',
        '--shock-every',
        '--runs',
        '--seed',
      ]),
    );
    expect(problemsOfSimulation(setupOf({ model: modelOf({ degradation: BAD }) }))).toEqual([]);
  });

  test('is refused where it would take too long', () => {
    const weeks = planOf({ stages: [{ trafficPercent: 100, durationMs: 14 * 24 * 60 * MINUTE_MS }] });
    expect(problemsOfSimulation(setupOf({ plan: weeks, runs: 10_000 })).map(({ rule }) => rule)).toEqual([
      'simulation.size',
    ]);
  });
});
