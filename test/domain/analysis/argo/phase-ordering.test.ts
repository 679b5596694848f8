import { expect, test } from 'vitest';
import { isWorse, worstVerdict, type Verdict } from '../../../../src/domain/analysis/verdict.js';
import { argoCases } from './fixtures.js';

interface Case {
  readonly current: string;
  readonly new: string;
  readonly expectedNewIsWorse: boolean;
  readonly source: string;
}

const cases = argoCases('phase-ordering') as readonly Case[];

test('every case of how Argo orders verdicts is there', () => {
  expect(cases).toHaveLength(16);
});

test.each(cases.map((one) => [one.new, one.current, one.expectedNewIsWorse, one.source] as const))(
  'whether %s is worse than %s is answered with %s, as in Argo (%s) [C-04]',
  (next, current, expected) => {
    expect(isWorse(current.toLowerCase() as Verdict, next.toLowerCase() as Verdict)).toBe(expected);
  },
);

test('the worst of several verdicts counts, and none at all is successful', () => {
  expect(worstVerdict(['successful', 'error', 'inconclusive'])).toBe('error');
  expect(worstVerdict(['error', 'failed'])).toBe('failed');
  expect(worstVerdict([])).toBe('successful');
});
