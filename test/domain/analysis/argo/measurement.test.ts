import { expect, test } from 'vitest';
import { evaluateMeasurement, type Condition } from '../../../../src/domain/analysis/argo/measurement.js';
import { argoCases, phaseOf } from './fixtures.js';

interface Case {
  readonly successCondition: string;
  readonly failureCondition: string;
  readonly expectedPhase: string;
  readonly source: string;
}

const cases = argoCases('measurement-evaluation') as readonly Case[];

/** Headgate has bounds instead of an expression language: what is no constant here cannot be evaluated there either. */
function conditionOf(text: string): Condition {
  if (text === '') return null;
  return text === 'true' || text === 'false' ? text === 'true' : 'error';
}

test('every case of how Argo evaluates a measurement is there', () => {
  expect(cases).toHaveLength(12);
});

test.each(cases.map((one) => [one.successCondition, one.failureCondition, one.expectedPhase, one.source] as const))(
  'success "%s" and failure "%s" make a measurement %s, as in Argo (%s) [C-04]',
  (success, failure, expected) => {
    expect(evaluateMeasurement(conditionOf(success), conditionOf(failure))).toBe(phaseOf(expected));
  },
);
