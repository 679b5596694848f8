import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { picturesOf, stageVerdict, beginAnalysis, observe } from '../../../src/domain/analysis/step-by-step.js';
import type { AnalysisPlan, Check } from '../../../src/domain/analysis/plan.js';
import type { ProofProgress } from '../../../src/domain/analysis/proof.js';
import type { AnalysisInterval, TrafficSample } from '../../../src/domain/analysis/sample.js';
import { intervals, observed, planOf, repeat, timed, traffic } from './support.js';

const errors: Check = { kind: 'sequential', metric: 'errorRate', max: 0.01 };
const compared: Check = { kind: 'baseline', metric: 'errorRate', maxIncrease: 1 };

function steady(check: Check, dispersion = 1): AnalysisPlan {
  return { ...planOf(check), dispersion };
}

function progress(plan: AnalysisPlan, all: readonly AnalysisInterval[]): ProofProgress | null {
  return picturesOf(plan, observed(plan, all))[0]?.proof ?? null;
}

/** How many requests were still to come at every interval before the proof, and how many were thought to be. */
function foretold(plan: AnalysisPlan, all: readonly AnalysisInterval[]): { thought: number; came: number }[] {
  let state = beginAnalysis(plan);
  let seen = 0;
  const told: { thought: number | null; seen: number }[] = [];
  for (const interval of all) {
    state = observe(plan, state, interval);
    if (interval.candidate !== 'no-data') seen += interval.candidate.requests;
    const proof = picturesOf(plan, state)[0]?.proof;
    if (proof?.proven === true)
      return told.flatMap((then) => (then.thought === null ? [] : [{ thought: then.thought, came: seen - then.seen }]));
    told.push({ thought: proof?.requests ?? null, seen });
  }
  return expect.fail(`not proven after ${String(seen)} requests`);
}

/** The same share in every interval, as exactly as whole numbers allow. */
function evenly(times: number, requests: number, share: number, baseline?: TrafficSample): AnalysisInterval[] {
  const failed = (until: number) => Math.floor(until * requests * share);
  return intervals(
    Array.from({ length: times }, (_, index) => traffic(requests, failed(index + 1) - failed(index))),
    baseline === undefined ? [] : repeat(times, baseline),
  ).slice();
}

describe('what proof of health still needs', () => {
  test('comes true where things go on as they are, whatever the rate, the bound and the bursts [C-04]', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0.005, 0.01, 0.05, 0.2),
        fc.constantFrom(0, 0.1, 0.3, 0.5),
        fc.constantFrom(1, 2, 4),
        (max, part, dispersion) => {
          const requests = Math.ceil(20 / max);
          const all = evenly(400, requests, max * part);
          // The first interval is a start: how often things fail is known from a few.
          for (const { thought, came } of foretold(steady({ ...errors, max }, dispersion), all).slice(1)) {
            expect(thought).toBeGreaterThan(0.75 * came - requests);
            expect(thought).toBeLessThan(1.25 * came + requests);
          }
        },
      ),
    );
  });

  test('comes true against the baseline [C-02]', () => {
    const all = evenly(400, 100, 0.02, traffic(300, 6));
    const told = foretold(steady(compared), all).slice(1);
    expect(told.length).toBeGreaterThan(0);
    for (const { thought, came } of told) {
      expect(thought).toBeGreaterThan(0.75 * came - 100);
      expect(thought).toBeLessThan(1.25 * came + 100);
    }
  });

  test('is told in requests, in time at the present rate and in words [C-04]', () => {
    const proof = progress(steady(errors), intervals(repeat(2, traffic(100))));
    expect(proof).toMatchObject({ proven: false, afterMs: (proof?.requests ?? -1) * 100 });
    expect(proof?.missing).toMatch(/^needs about 2\d0 more requests to prove health \(2\d s at the present rate\)$/);
  });

  test('is nothing more when it is proven', () => {
    const plan = steady(errors);
    const all = intervals(repeat(10, traffic(100)));
    expect(progress(plan, all)).toEqual({ proven: true, requests: 0, afterMs: 0, missing: null });
    expect(stageVerdict(plan, observed(plan, all)).proven).toBe(true);
  });

  test('never comes while more fail than may, and where nothing can be compared', () => {
    expect(progress(steady(errors), intervals(repeat(3, traffic(100, 2))))).toMatchObject({
      requests: null,
      afterMs: null,
      missing: 'needs far more requests than there are to prove health',
    });
    expect(progress(steady(compared), intervals([traffic(100)], [traffic(100)]))).toMatchObject({ requests: null });
  });

  test('is not asked of fixed bounds, nor of a comparison that is suspended', () => {
    expect(progress(planOf({ kind: 'threshold', metric: 'errorRate', max: 0.01 }), intervals([traffic(9)]))).toBeNull();
    expect(progress(steady(compared), intervals([traffic(1000)], [traffic(1)]))).toBeNull();
  });

  test('counts for latencies what may have been slower [C-02]', () => {
    const latency: Check = { kind: 'sequential', metric: 'latencyP95', max: 300 };
    const inside = progress(steady(latency), intervals([timed({ 250: 80, 500: 20, Infinity: 0 })]));
    const below = progress(steady(latency), intervals([timed({ 250: 100, 500: 0, Infinity: 0 })]));
    expect(inside?.requests).toBeNull();
    expect(below?.requests).toBeGreaterThanOrEqual(0);
  });
});
