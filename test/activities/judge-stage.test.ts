import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { pathOf } from '../../src/domain/health/health-plan.js';
import type { StageAnswer, JudgeInput } from '../../src/activities/contracts.js';
import { judgeStage } from '../../src/activities/judge-stage.js';
import { AdapterUnavailableError } from '../../src/domain/errors.js';
import type { ServicePorts } from '../../src/ports/service.js';
import { fitService, somePlan, someTraffic, worldOf } from './support/fabricated.js';

const STEP_MS = 1000;

function judge(of: ServicePorts, change: Partial<JudgeInput> = {}): Promise<StageAnswer> {
  const input: JudgeInput = {
    plan: somePlan({ monitoringIntervalMs: STEP_MS }),
    rolloutId: 'checkout@1',
    roles: { baseline: 'blue', candidate: 'green' },
    stage: 1,
    stageCount: 2,
    sharePercent: 25,
    startedAtMs: Date.now() - 10 * STEP_MS,
    monitoringIntervalMs: STEP_MS,
    fences: [16],
    carried: null,
    untilKnown: false,
    ...change,
  };
  return new MockActivityEnvironment().run(() => judgeStage(worldOf(of), input));
}

const counting = (requests: number, errors: Readonly<Record<string, number>>): ServicePorts['metrics'] => ({
  samples: ({ backend, fromMs, toMs, stepMs }) =>
    Promise.resolve(
      Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, () => someTraffic(requests, errors[backend] ?? 0)),
    ),
  scalar: () => Promise.resolve('no-data'),
});

const away: ServicePorts['metrics'] = {
  samples: () => Promise.reject(new AdapterUnavailableError('metrics', 'connection refused')),
  scalar: () => Promise.reject(new AdapterUnavailableError('metrics', 'connection refused')),
};

const unhealthy = (...ailing: readonly string[]): ServicePorts['probe'] => ({
  probe: ({ backend }) =>
    Promise.resolve(
      ailing.includes(backend)
        ? { healthy: false, latencyMs: 1, reason: 'answered 503' }
        : { healthy: true, latencyMs: 1, body: '' },
    ),
});

describe('a stage is judged', () => {
  test('successful when enough of its requests went well [C-04]', async () => {
    expect(await judge(fitService({ metrics: counting(100, {}) }))).toMatchObject({ verdict: 'successful' });
  });

  test('failed when the candidate alone breaches a check [C-04]', async () => {
    const { verdict, reason } = await judge(fitService({ metrics: counting(100, { green: 30 }) }));
    expect(verdict).toBe('failed');
    expect(reason).toMatch(/errorRate/);
  });

  test('inconclusive when the baseline breaches it as well [C-05]', async () => {
    const judged = await judge(fitService({ metrics: counting(100, { green: 30, blue: 30 }) }));
    expect(judged).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/baseline breaches it/) as string,
    });
  });

  test('inconclusive with too few requests, and it says what is missing [C-04]', async () => {
    const judged = await judge(fitService({ metrics: counting(0, {}) }));
    expect(judged.verdict).toBe('inconclusive');
    expect(judged.reason).toMatch(/request/);
  });

  test('inconclusive when nobody is left to compare with, except where the plan leaves nobody [W12]', async () => {
    const compared = somePlan({
      monitoringIntervalMs: STEP_MS,
      analysis: { checks: [{ kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 }] },
    });
    const oneStickyUser: ServicePorts['metrics'] = {
      ...away,
      samples: ({ backend, fromMs, toMs, stepMs }) =>
        Promise.resolve(
          Array.from({ length: Math.round((toMs - fromMs) / stepMs) }, () =>
            backend === 'green' ? someTraffic(20, 10) : someTraffic(0),
          ),
        ),
    };
    const of = fitService({ metrics: oneStickyUser });
    expect(await judge(of, { plan: compared, sharePercent: 20 })).toMatchObject({
      verdict: 'inconclusive',
      reason: 'errorRate vs baseline cannot be decided: the baseline has no requests',
    });
    expect(await judge(of, { plan: compared, sharePercent: 100 })).toMatchObject({
      verdict: 'successful',
      reason: 'errorRate vs baseline is suspended: the plan leaves the baseline 0 % of the traffic',
    });
  });

  test('an error, not a failure, when the metrics are away [C-14]', async () => {
    expect(await judge(fitService({ metrics: away }))).toMatchObject({
      verdict: 'error',
      reason: 'the metrics cannot be had: metrics: connection refused',
    });
  });

  test('failed when the candidate is unhealthy, even while the metrics are away [C-04]', async () => {
    const judged = await judge(fitService({ metrics: away, probe: unhealthy('green') }));
    expect(judged).toMatchObject({
      verdict: 'failed',
      reason: expect.stringMatching(/green is unhealthy.*503/) as string,
    });
  });

  test('inconclusive when both backends are unhealthy [C-05]', async () => {
    const judged = await judge(fitService({ metrics: counting(100, {}), probe: unhealthy('green', 'blue') }));
    expect(judged).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/so is the baseline$/) as string,
    });
  });

  describe('with endpoints that say different things', () => {
    const endpoints = ['/live', '/ready', '/live'];
    /** Answers 503 at these endpoints of these backends, as "green/ready". */
    const failingAt = (...ailing: readonly string[]): ServicePorts['probe'] => ({
      probe: ({ backend }, endpoint) =>
        Promise.resolve(
          ailing.includes(`${backend}${pathOf(endpoint)}`)
            ? { healthy: false, latencyMs: 1, reason: 'answered 503' }
            : { healthy: true, latencyMs: 1, body: '' },
        ),
    });
    const judgeProbes = (probe: ServicePorts['probe']): Promise<StageAnswer> => {
      const health = { endpoints, intervalMs: STEP_MS, timeoutMs: STEP_MS, successThreshold: 0.9 };
      const plan = somePlan({ monitoringIntervalMs: STEP_MS, health });
      return judge(fitService({ metrics: counting(100, {}), probe }), { plan });
    };

    test('held when both backends fail at the same endpoint, although both are alive [W24] [C-05]', async () => {
      expect(await judgeProbes(failingAt('green/ready', 'blue/ready'))).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(/GET .*\/ready answered 503; so is the baseline$/) as string,
      });
    });

    test('failed when the baseline fails, but at another endpoint than the candidate [W24] [C-05]', async () => {
      expect(await judgeProbes(failingAt('green/ready', 'blue/live'))).toMatchObject({ verdict: 'failed' });
    });

    test('failed when the candidate fails at one endpoint that the baseline answers [W24] [C-05]', async () => {
      const probe = failingAt('green/ready', 'green/live', 'blue/ready');
      expect(await judgeProbes(probe)).toMatchObject({ verdict: 'failed' });
    });
  });

  test('failed when both are unhealthy, and the candidate alone breaches a check [C-05]', async () => {
    const of = fitService({ metrics: counting(100, { green: 30 }), probe: unhealthy('green', 'blue') });
    expect(await judge(of)).toMatchObject({
      verdict: 'failed',
      reason: expect.stringMatching(/errorRate/) as string,
    });
  });
});

test('asked until it is known, an unknown verdict is tried again and a known one is given [C-14]', async () => {
  const untilKnown = true;
  await expect(judge(fitService({ metrics: away }), { untilKnown })).rejects.toMatchObject({
    type: 'NOT_KNOWN_YET',
    nonRetryable: false,
  });
  expect(await judge(fitService({ metrics: counting(100, {}) }), { untilKnown })).toMatchObject({
    verdict: 'successful',
  });
});
