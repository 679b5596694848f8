import { expect, test } from 'vitest';
import type { MeasurementTally } from '../../../../src/domain/analysis/argo/metric-assessment.js';
import { assessRun } from '../../../../src/domain/analysis/argo/run-assessment.js';
import { argoCases, limitsOf, phaseOf, tallyOf, type ArgoMetric } from './fixtures.js';

interface Case {
  readonly metrics: readonly {
    readonly name: string;
    readonly priorPhase: string;
    readonly dryRun: boolean;
    readonly lastMeasurement: string | null;
    readonly resultMessage: string;
    readonly result: MeasurementTally;
    readonly spec: ArgoMetric;
  }[];
  readonly terminateRequested: boolean;
  readonly expectedPhase: string;
  readonly expectedMessage: string;
  readonly expectedDryRunSummary?: object;
  readonly source: string;
}

const cases = argoCases('run-assessment') as readonly Case[];

test('every case of how Argo assesses a run is there', () => {
  expect(cases).toHaveLength(10);
});

test.each(cases.map((one, index) => [index, one.source, one.expectedPhase, one] as const))(
  'a run is assessed as Argo does: case %i, %s gives %s [C-04]',
  (_index, _source, _expected, one) => {
    const metrics = one.metrics.map(({ name, priorPhase, dryRun, lastMeasurement, resultMessage, result, spec }) => ({
      name,
      dryRun,
      resultMessage,
      priorPhase: phaseOf(priorPhase),
      last: lastMeasurement === null ? null : phaseOf(lastMeasurement),
      tally: tallyOf(result),
      limits: limitsOf(spec),
    }));
    const assessed = assessRun(metrics, one.terminateRequested);
    expect(assessed.phase).toBe(phaseOf(one.expectedPhase));
    expect(assessed.message).toBe(one.expectedMessage);
    if (one.expectedDryRunSummary !== undefined) expect(assessed.dryRunSummary).toEqual(one.expectedDryRunSummary);
  },
);
