import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidSpecError } from '../../src/domain/errors.js';
import { recordingsIn } from '../../src/domain/observations/recording.js';
import { readObservations } from '../../src/spec/observations/read.js';
import { intervals, reading } from '../contract/observation-store.js';

const jsonl = (...lines: readonly unknown[]): string => lines.map((line) => JSON.stringify(line)).join('\n');

const interval = (index: number, more: object = {}) => ({
  v: 1,
  kind: 'interval',
  startMs: index * 1000,
  endMs: (index + 1) * 1000,
  candidate: { requests: 100, errors: 1 },
  ...more,
});

function problemsOf(text: string): readonly string[] {
  try {
    readObservations(text, 'seen.jsonl');
  } catch (error) {
    if (error instanceof InvalidSpecError) return error.message.split('\n').slice(1);
    throw error;
  }
  return expect.fail('it was not refused');
}

describe('a file of observations', () => {
  test('as a worker writes it is read back as it was', () => {
    const lines = [reading('r1'), ...intervals('r1', 3)];
    expect(readObservations(`${jsonl(...lines)}\n\n`, 'seen.jsonl')).toEqual(lines);
  });

  test('of intervals alone is a rollout of its own, a stage after the other', () => {
    const text = jsonl(interval(0), interval(1), interval(2, { stage: 2 }));
    expect(recordingsIn(readObservations(text, 'seen.jsonl'))).toMatchObject([
      { rolloutId: 'seen.jsonl', stages: [{ stage: 1 }, { stage: 2, startedAtMs: 2000 }], gaps: [] },
    ]);
  });

  test('is refused with every problem at once, each with its line', () => {
    const text = [
      jsonl(interval(0)),
      '{"v":1,"kind":"interval"',
      jsonl({ ...interval(1), candidate: { requests: 'many', errors: 1 } }),
      jsonl({ ...interval(2), kind: 'intervall' }),
      jsonl({ ...interval(3), v: 2 }),
      jsonl({ ...interval(4), canditate: 'no-data' }),
      jsonl({ ...reading('r1'), plan: { checks: [{ kind: 'sequential', metric: 'errorRate', max: 7 }] } }),
      jsonl({ ...reading('r2'), plan: { checks: 'none' } }),
      jsonl({ ...reading('r3'), carried: 17 }),
      jsonl({ ...interval(5), startMs: 1e99 }),
    ].join('\n');
    const problems = problemsOf(text);
    for (const line of [2, 3, 4, 5, 6, 7, 8, 9, 10])
      expect(problems.filter((problem) => new RegExp(`seen.jsonl:${String(line)}:1[: ]`).test(problem))).not.toEqual(
        [],
      );
    expect(problems.join('\n')).toMatch(/canditate.*Did you mean candidate/);
    expect(problems.join('\n')).toMatch(/seen.jsonl:7:1 plan.checks\[0\]/);
  });

  test('with no line in it says how one looks', () => {
    expect(problemsOf('\n')).toEqual([expect.stringMatching(/nothing in this file.*"kind":"interval"/)]);
  });

  test('with thousands of problems names fifty of them, and counts the others', () => {
    const problems = problemsOf(Array.from({ length: 3000 }, () => '{').join('\n'));
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toMatch(/2950 more problems/);
  });

  test('whatever stands in it, it is read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), fc.string(), fc.constant(jsonl(interval(0))))), (lines) => {
        try {
          readObservations(lines.join('\n'), 'seen.jsonl');
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSpecError);
        }
      }),
    );
  });
});
