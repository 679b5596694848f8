import { describe, expect, test } from 'vitest';
import {
  assessMetric,
  brokenLimit,
  NO_MEASUREMENTS,
  tallyMeasurement,
  type MeasurementTally,
} from '../../../../src/domain/analysis/argo/metric-assessment.js';
import type { Verdict } from '../../../../src/domain/analysis/verdict.js';
import { argoCases, limitsOf, phaseOf, tallyOf, type ArgoMetric } from './fixtures.js';

interface Case {
  readonly metric: ArgoMetric;
  readonly result: MeasurementTally;
  readonly lastMeasurement: string | null;
  readonly terminating: boolean;
  readonly expectedPhase: string;
  readonly source: string;
}

const cases = argoCases('metric-assessment') as readonly Case[];

test('every case of how Argo assesses a metric is there', () => {
  expect(cases).toHaveLength(57);
});

test.each(cases.map((one, index) => [index, one.source, one.expectedPhase, one] as const))(
  'a metric is assessed as Argo does: case %i, %s gives %s [C-04]',
  (_index, _source, _expected, { metric, result, lastMeasurement, terminating, expectedPhase }) => {
    const last = lastMeasurement === null ? null : phaseOf(lastMeasurement);
    expect(assessMetric(limitsOf(metric), tallyOf(result), last, terminating)).toBe(phaseOf(expectedPhase));
  },
);

function tallied(verdicts: readonly Verdict[]): MeasurementTally {
  return verdicts.reduce(tallyMeasurement, NO_MEASUREMENTS);
}

describe('a limit on failures in a row', () => {
  test('is broken by one more failure in a row', () => {
    const limits = { consecutiveFailureLimit: 2 };
    expect(brokenLimit(limits, tallied(['failed', 'failed', 'successful', 'failed', 'failed']))).toBeNull();
    expect(brokenLimit(limits, tallied(['failed', 'failed', 'failed']))).toEqual({
      verdict: 'failed',
      message: 'consecutiveFailure (3) > consecutiveFailureLimit (2)',
    });
  });

  test('is not reset by an interval that nobody could measure', () => {
    expect(tallied(['failed', 'error', 'failed']).consecutiveFailure).toBe(2);
  });

  test('stands beside a limit on all failures when both are given', () => {
    const limits = { consecutiveFailureLimit: 5, failureLimit: 1 };
    expect(brokenLimit(limits, tallied(['failed', 'successful', 'failed']))?.verdict).toBe('failed');
  });
});

test('measurements are counted by what became of them', () => {
  expect(tallied(['successful', 'error', 'error', 'inconclusive', 'failed', 'successful', 'successful'])).toEqual({
    count: 5,
    successful: 3,
    failed: 1,
    inconclusive: 1,
    error: 2,
    consecutiveError: 0,
    consecutiveSuccess: 2,
    consecutiveFailure: 0,
  });
});
