import { describe, expect, test } from 'vitest';
import type { StageView } from '../../src/activities/contracts.js';
import { StageEvidence } from '../../src/activities/stage-evidence.js';
import type { Sampled } from '../../src/domain/analysis/sample.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import type { Check } from '../../src/domain/analysis/plan.js';
import type { CanaryPlan } from '../../src/domain/canary/plan.js';
import type { MetricSource } from '../../src/ports/metric-source.js';
import { fitService, somePlan, someTraffic } from './support/fabricated.js';

const STEP_MS = 1000;
const scalarCheck: Check = { kind: 'threshold', metric: 'queue', query: 'q', max: 5 };

/** A source that knows each step only from a moment on. */
function evidenceOf(knownFromMs: (step: number) => number, now: { ms: number }, checks?: readonly Check[]) {
  const metrics: MetricSource = {
    samples: ({ fromMs, toMs, stepMs }) =>
      Promise.resolve(
        Array.from({ length: Math.ceil((toMs - fromMs) / stepMs) }, (_, index): Sampled => {
          const step = fromMs / STEP_MS + index;
          return now.ms >= knownFromMs(step) && stepMs === STEP_MS ? someTraffic(10 + step) : 'no-data';
        }),
      ),
    scalar: () => Promise.reject(new AdapterUnavailableError('metrics "q"', 'it does not answer')),
  };
  const analysis = somePlan().analysis;
  const plan = somePlan({ monitoringIntervalMs: STEP_MS, analysis: { checks: checks ?? analysis.checks } });
  return new StageEvidence(fitService({ metrics }), viewOf(plan));
}

function viewOf(plan: CanaryPlan): StageView {
  return {
    plan,
    rolloutId: 'checkout@1',
    roles: { baseline: 'blue', candidate: 'green' },
    stage: 1,
    stageCount: 2,
    sharePercent: 25,
    startedAtMs: 0,
    monitoringIntervalMs: STEP_MS,
    fences: [16],
    carried: null,
  };
}

async function lookAt(evidence: StageEvidence, now: { ms: number }, ...times: readonly number[]): Promise<boolean[]> {
  const news: boolean[] = [];
  for (const ms of times) {
    now.ms = ms;
    news.push(await evidence.advance(ms));
  }
  return news;
}

describe('an interval that the source cannot know yet', () => {
  test('is asked for again, and loses no request [C-14]', async () => {
    const now = { ms: 0 };
    const evidence = evidenceOf((step) => (step + 1) * STEP_MS + 300, now);
    expect(await lookAt(evidence, now, 1000, 1200, 1400, 2000, 2400)).toEqual([false, false, true, false, true]);
    expect(evidence.analysis.candidateRequests).toBe(10 + 11);
  });

  test('is unknown after one more interval, and what comes later is known', async () => {
    const now = { ms: 0 };
    const evidence = evidenceOf((step) => (step === 0 ? Infinity : (step + 1) * STEP_MS), now);
    expect(await lookAt(evidence, now, 1000, 1500)).toEqual([false, false]);
    expect(await lookAt(evidence, now, 2000)).toEqual([true]);
    expect(evidence.analysis.candidateRequests).toBe(11);
  });

  test('is no trouble while it may still come: the picture stays as it was', async () => {
    const now = { ms: 1400 };
    const evidence = evidenceOf(() => Infinity, now);
    expect(await evidence.peek(1400)).toBe(evidence.analysis);
  });

  test('does not hide the end of a stage whose whole intervals are known [C-04]', async () => {
    const now = { ms: 2100 };
    const evidence = evidenceOf((step) => (step + 1) * STEP_MS, now);
    await evidence.finish(2100);
    expect(evidence.analysis.candidateRequests).toBe(21);
    expect(evidence.analysis.checks[0]?.state).toMatchObject({ trouble: null });
  });
});

test('a query that cannot be answered leaves its value unknown, with the reason, and the counts known [C-14]', async () => {
  const now = { ms: 1000 };
  const evidence = evidenceOf(() => 0, now, [...somePlan().analysis.checks, scalarCheck]);
  expect(await evidence.advance(1000)).toBe(true);
  expect(evidence.analysis.candidateRequests).toBe(10);
  expect(evidence.trouble).toEqual(['queue: metrics "q": it does not answer']);
  expect(evidence.analysis.checks[1]?.state).toMatchObject({ trouble: { why: 'the source has no value' } });
});

test('what the source says about intervals without data is the trouble of the stage [W22]', async () => {
  const metrics: MetricSource = {
    samples: ({ backend }) => Promise.resolve(backend === 'green' ? ['no-data'] : [someTraffic(10)]),
    scalar: () => Promise.resolve('no-data'),
    whyUnknown: ({ fromMs, toMs }) =>
      Promise.resolve(`two processes answer in turn from ${String(fromMs)} to ${String(toMs)}`),
  };
  const evidence = new StageEvidence(fitService({ metrics }), viewOf(somePlan({ monitoringIntervalMs: STEP_MS })));
  expect(await evidence.advance(2 * STEP_MS)).toBe(true);
  expect(evidence.trouble).toEqual(['metrics: green: two processes answer in turn from 0 to 1000']);
});
