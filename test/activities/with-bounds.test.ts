import { preflightPlanOf } from '../../src/domain/staged-traffic/guard-plan-of.js';
import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, test } from 'vitest';
import type { Activities } from '../../src/activities/contracts.js';
import { withBounds } from '../../src/activities/with-bounds.js';
import { beginAnalysis } from '../../src/domain/analysis/step-by-step.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import { somePlan } from './support/fabricated.js';

/** What an HTTP server says about itself in 10 MB. */
const page = `<html>${'x'.repeat(10 * 1024 * 1024)}`;

const refuse = () => Promise.reject(new Error('this test does not call it'));

function activities(some: Partial<Activities>): Activities {
  const none: Activities = {
    preflight: refuse,
    setWeights: refuse,
    readDrift: refuse,
    watchStage: refuse,
    checkEnvironment: refuse,
    judgeStage: refuse,
    record: refuse,
    lookAtHealth: refuse,
    lookAtMetrics: refuse,
    runHook: refuse,
    bringBack: refuse,
  };
  return withBounds({ ...none, ...some });
}

const roles = { baseline: 'blue', candidate: 'green' };
const view = {
  plan: somePlan(),
  rolloutId: 'checkout@1',
  roles,
  stage: 1,
  stageCount: 2,
  sharePercent: 25,
  startedAtMs: 0,
  monitoringIntervalMs: 1000,
  carried: null,
  fences: [],
};

describe('what activities answer', () => {
  test('is short enough for a history: reasons, warnings, problems, evidence [W31]', async () => {
    const problem = { subject: 'metrics', message: page, expected: 'an answer', remedy: page };
    const unfit = activities({ preflight: () => Promise.resolve({ fit: false, problems: [problem, problem] }) });
    const fit = activities({
      preflight: () =>
        Promise.resolve({
          fit: true,
          roles,
          fences: [],
          known: { baseline: null, candidate: null, record: null },
          analysis: null,
          warnings: Array.from({ length: 99 }, () => page),
        }),
    });
    const seen = activities({
      watchStage: () =>
        Promise.resolve({
          kind: 'breach',
          source: 'probes',
          reason: page,
          evidence: { results: [page] },
          shared: false,
          sampledAtMs: 1,
        }),
      readDrift: () => Promise.resolve({ drift: page, undone: { reason: page, evidence: [page], undoneAtMs: 1 } }),
    });
    const answers = [
      await unfit.preflight({ plan: preflightPlanOf(somePlan()) }),
      await fit.preflight({ plan: preflightPlanOf(somePlan()) }),
      await seen.watchStage({ ...view, known: { drift: false, sharedBreach: false } }),
      await seen.readDrift({ service: 'checkout', rolloutId: view.rolloutId, expected: [], fences: [] }),
    ];
    for (const answer of answers) expect(JSON.stringify(answer).length).toBeLessThan(20_000);
    expect(answers[0]).toMatchObject({ fit: false, problems: [{ subject: 'metrics' }, { subject: 'metrics' }] });
    expect(answers[2]).toMatchObject({ kind: 'breach', shared: false, sampledAtMs: 1 });
  });

  test('is left as it is where it is short, and the memory of checks in any case [W31]', async () => {
    const carried = beginAnalysis({ checks: [{ kind: 'custom', name: 'queue', query: 'q'.repeat(4000), max: 1 }] });
    const judgement = { verdict: 'successful', reason: 'all well', evidence: [{ name: 'queue' }], carried } as const;
    const judging = activities({ judgeStage: () => Promise.resolve(judgement) });
    expect(await judging.judgeStage({ ...view, untilKnown: false })).toEqual(judgement);
  });

  test('is short when it is a failure, which stays of its kind [W31]', async () => {
    for (const error of [
      new AdapterUnavailableError('router', page),
      ApplicationFailure.create({ type: 'NOT_READ_BACK', message: page }),
      new Error('outside', { cause: new TypeError(page) }),
      Object.freeze(new Error('frozen')),
    ]) {
      const failing = activities({ setWeights: () => Promise.reject(error) });
      const failed: unknown = await failing
        .setWeights({ service: 'checkout', rolloutId: view.rolloutId, weights: [], fence: 1 })
        .catch((caught: unknown) => caught);
      expect(failed).toBe(error);
      const { message, stack = '', cause } = failed as Error;
      const all = [message, stack, ...(cause instanceof Error ? [cause.message, cause.stack ?? ''] : [])];
      for (const said of all) expect(said.length).toBeLessThan(10_000);
    }
  });
});
