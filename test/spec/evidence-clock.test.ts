import { expect, test } from 'vitest';
import type { StagePlan } from '../../src/domain/stages/plan.js';
import { parseSpecs } from '../../src/spec/parse-specs.js';

/** The stages that these lines mean, without their shares. */
function timesOf(...lines: readonly string[]): Omit<StagePlan, 'trafficPercent'>[] {
  const text = [
    'apiVersion: headgate/v1',
    'kind: Canary',
    'service: checkout',
    'checks: [{ metric: errorRate, max: 1% }]',
    'rollbackWindow: 10m',
    ...lines,
  ].join('\n');
  const [spec] = parseSpecs(text, { file: 'c.yaml' });
  return (spec?.plan.stages ?? []).map(({ trafficPercent, ...times }) => {
    expect(trafficPercent).toBeGreaterThan(0);
    return times;
  });
}

const MINUTE = 60_000;

test('a stage may end early on proof, not before its least time, and is held up to its longest [C-04] [U-01]', () => {
  expect(
    timesOf(
      'stages: [{ traffic: 5%, duration: 10m, minDuration: 2m, maxDuration: 1h, advanceOnEvidence: true }, { traffic: 100% }]',
    ),
  ).toEqual([
    { durationMs: 10 * MINUTE, advanceOnEvidence: true, minDurationMs: 2 * MINUTE, maxDurationMs: 60 * MINUTE },
    { durationMs: 10 * MINUTE },
  ]);
});

test('without a duration, one that waits for proof is judged at its longest time, any other at its least [C-04]', () => {
  expect(
    timesOf(
      'stages: [{ traffic: 5%, minDuration: 2m, maxDuration: 1h, advanceOnEvidence: true }, { traffic: 50%, minDuration: 2m, maxDuration: 1h }, { traffic: 100% }]',
    ),
  ).toEqual([
    { durationMs: 60 * MINUTE, advanceOnEvidence: true, minDurationMs: 2 * MINUTE, maxDurationMs: 60 * MINUTE },
    { durationMs: 2 * MINUTE, maxDurationMs: 60 * MINUTE },
    { durationMs: 10 * MINUTE },
  ]);
});

test('what is said for all stages is not said of the rollback window, and a stage overrides it [C-04]', () => {
  expect(
    timesOf(
      'advanceOnEvidence: true',
      'minDuration: 1m',
      'stages: [{ traffic: 5%, duration: 10m }, { traffic: 25%, duration: 10m, minDuration: 3m }, { traffic: 50%, duration: 10m, advanceOnEvidence: false }, { traffic: 100% }]',
    ),
  ).toEqual([
    { durationMs: 10 * MINUTE, advanceOnEvidence: true, minDurationMs: MINUTE },
    { durationMs: 10 * MINUTE, advanceOnEvidence: true, minDurationMs: 3 * MINUTE },
    { durationMs: 10 * MINUTE },
    { durationMs: 10 * MINUTE },
  ]);
});

test('the rollback window may end early where its stage says so itself [C-01]', () => {
  expect(
    timesOf('stages: [{ traffic: 5%, duration: 10m }, { traffic: 100%, advanceOnEvidence: true, minDuration: 5m }]'),
  ).toEqual([
    { durationMs: 10 * MINUTE },
    { durationMs: 10 * MINUTE, advanceOnEvidence: true, minDurationMs: 5 * MINUTE },
  ]);
});

test('how a check is judged follows from what is written of it [C-02]', () => {
  const [spec] = parseSpecs(
    `apiVersion: headgate/v1
kind: Canary
service: checkout
checks:
  - { metric: errorRate, max: 1%, minRequests: 500 }
  - { metric: successRate, min: 99% }
  - { metric: latencyP50, max: 50ms, min: 1ms }
  - { metric: latencyP99, maxIncrease: 50%, minRequests: 50 }
  - { metric: latencyP95, max: 300ms, failureLimit: 2 }
  - { metric: latencyP99, max: 500ms, window: 5m }
  - { metric: requestRate, min: 10 }
  - { name: queue, query: depth, max: 10 }
`,
    { file: 'c.yaml' },
  );
  expect(
    spec?.plan.analysis.checks.map((check) => [check.kind, 'minRequests' in check ? check.minRequests : null]),
  ).toEqual([
    ['sequential', 500],
    ['sequential', null],
    ['sequential', null],
    ['baseline', 50],
    ['threshold', null],
    ['threshold', null],
    ['threshold', null],
    ['threshold', null],
  ]);
});
