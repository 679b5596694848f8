import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../../src/domain/analysis/analyse.js';
import type { AnalysisPlan } from '../../../src/domain/analysis/plan.js';
import type { AnalysisInterval, Sampled } from '../../../src/domain/analysis/sample.js';
import { backtest } from '../../../src/domain/observations/backtest.js';
import { compareWithRecord } from '../../../src/domain/observations/differences.js';
import type {
  BreachLine,
  IntervalLine,
  JudgementLine,
  ObservationLine,
} from '../../../src/domain/observations/line.js';
import { recordingsIn, type Recording } from '../../../src/domain/observations/recording.js';
import { readObservations } from '../../../src/spec/observations/read.js';
import { reading } from '../../contract/observation-store.js';

const STRICT: AnalysisPlan = { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.01, minRequests: 50 }] };
const LENIENT: AnalysisPlan = { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.5, minRequests: 50 }] };
const NEEDY: AnalysisPlan = { checks: [{ kind: 'sequential', metric: 'errorRate', max: 0.5, minRequests: 1e6 }] };

function recordingOf(lines: readonly ObservationLine[]): Recording {
  return recordingsIn(lines)[0] ?? expect.fail('nothing is recorded');
}

/** Intervals of 100 requests from `fromS` on, with so many errors each. */
function seen(id: string, fromS: number, errors: readonly number[]): IntervalLine[] {
  return errors.map((count, index) => ({
    v: 1,
    kind: 'interval',
    reading: id,
    startMs: (fromS + index) * 1000,
    endMs: (fromS + index + 1) * 1000,
    candidate: { requests: 100, errors: count },
    baseline: { requests: 300, errors: 0 },
  }));
}

const judgement = (id: string, atS: number, verdict: JudgementLine['verdict'], more = {}): JudgementLine => ({
  v: 1,
  kind: 'judgement',
  reading: id,
  atMs: atS * 1000,
  verdict,
  reason: 'as it was',
  ...more,
});

/** Two stages of ten seconds, watched and judged, the judge in agreement with the watch. */
function twoStages(first: readonly number[], second: readonly number[], more: readonly ObservationLine[] = []) {
  return recordingOf([
    reading('w1'),
    ...seen('w1', 0, first),
    reading('j1', { by: 'judge', atMs: 10_000, base: { reading: 'w1', untilMs: 10_000 } }),
    judgement('j1', 10, 'successful'),
    reading('w2', { stage: 2, sharePercent: 100, startedAtMs: 11_000, atMs: 11_000 }),
    ...seen('w2', 11, second),
    reading('j2', { by: 'judge', stage: 2, startedAtMs: 11_000, atMs: 21_000 }),
    ...seen('j2', 11, second),
    judgement('j2', 21, 'successful'),
    ...more,
  ]);
}

const ten = (errors: number): number[] => Array.from({ length: 10 }, () => errors);

describe('another policy over what was observed', () => {
  test('would have promoted what is well', () => {
    const { outcome, stages, requestsExposed } = backtest(twoStages(ten(0), ten(0)), STRICT);
    expect(outcome).toMatchObject({ kind: 'promoted', stage: 2, atMs: 21_000 });
    expect(stages.map(({ decisions }) => decisions.map(({ kind }) => kind))).toEqual([['passed'], ['passed']]);
    expect(requestsExposed).toBe(2000);
  });

  test('would have rolled back at the interval that decides, and counts who saw the candidate by then [C-05]', () => {
    const { outcome, stages, requestsExposed } = backtest(twoStages([0, 0, 0, 40, ...ten(0).slice(4)], ten(0)), STRICT);
    expect(outcome).toMatchObject({ kind: 'rolledBack', stage: 1, atMs: 4000 });
    expect(stages).toHaveLength(1);
    expect(requestsExposed).toBe(400);
    expect(stages[0]?.checks[0]).toMatchObject({ failedAtMs: 4000, last: { verdict: 'failed' } });
  });

  test('with what the first stage has begun: evidence of harm is carried, and decides sooner [C-04]', () => {
    const policy = { ...STRICT, dispersion: 1 };
    const late = [...ten(0).slice(2), 5, 5];
    const { outcome } = backtest(twoStages(late, ten(3)), policy);
    const alone = analyse(policy, seen('x', 11, ten(3))).verdicts.indexOf('failed');
    expect(alone).toBeGreaterThan(0);
    expect(outcome).toMatchObject({ kind: 'rolledBack', stage: 2 });
    expect(outcome.atMs).toBeLessThan(11_000 + (alone + 1) * 1000);
  });

  test('would have held where the record goes on: what comes after would not have been [C-14]', () => {
    const { outcome, stages } = backtest(twoStages(ten(0), ten(0)), NEEDY);
    expect(outcome).toMatchObject({
      kind: 'held',
      stage: 1,
      atMs: 10_000,
      reason: expect.stringMatching(/requests/) as string,
    });
    expect(stages).toHaveLength(1);
  });

  test('follows the record where somebody went on although the verdict was the same', () => {
    const lines: ObservationLine[] = [
      reading('w1'),
      ...seen('w1', 0, ten(0)),
      reading('j1', { by: 'judge', atMs: 10_000 }),
      ...seen('j1', 0, ten(0)),
      judgement('j1', 10, 'inconclusive'),
      reading('w2', { stage: 2, startedAtMs: 11_000, atMs: 11_000 }),
      ...seen('w2', 11, ten(0)),
    ];
    const { outcome, stages } = backtest(recordingOf(lines), NEEDY);
    expect(stages).toHaveLength(2);
    expect(outcome.kind).toBe('unknown');
  });

  test('cannot know what comes after a record that ends before it would have decided', () => {
    const lines = [reading('w1'), ...seen('w1', 0, [0, 0, 40])];
    const { outcome } = backtest(recordingOf(lines), LENIENT);
    expect(outcome).toMatchObject({ kind: 'unknown', stage: 1, reason: expect.stringMatching(/errorRate/) as string });
  });

  test('does not undo what probes have found [C-05]', () => {
    const breach: BreachLine = {
      v: 1,
      kind: 'breach',
      reading: 'w1',
      atMs: 5500,
      source: 'probes',
      shared: false,
      reason: 'green is unhealthy',
    };
    const { outcome } = backtest(twoStages(ten(0), ten(0), [breach]), LENIENT);
    expect(outcome).toMatchObject({ kind: 'rolledBack', atMs: 5500, reason: 'green is unhealthy' });
  });

  test('learns from what the baseline did before', () => {
    const past = Array.from({ length: 120 }, (_, index) => ({
      startMs: (index - 120) * 1000,
      endMs: (index - 119) * 1000,
      baseline: { requests: 1000, errors: index % 10 === 0 ? 60 : 0 },
    }));
    const mild = twoStages(ten(4), ten(4));
    expect(backtest(mild, STRICT).outcome.kind).toBe('rolledBack');
    expect(backtest({ ...mild, past }, STRICT).stages[0]?.decisions[0]?.kind).not.toBe('rolledBack');
  });
});

describe('what is shown of a stage is what its decision rests on', () => {
  const plan: AnalysisPlan = { ...STRICT, dispersion: 1 };
  const looked = (id: string, fromS: number, toS: number, requests: number, errors: number): IntervalLine => ({
    v: 1,
    kind: 'interval',
    reading: id,
    startMs: fromS * 1000,
    endMs: toS * 1000,
    candidate: { requests, errors },
  });
  const unseen = (id: string, fromS: number, toS: number): IntervalLine => ({
    ...looked(id, fromS, toS, 0, 0),
    candidate: 'no-data',
  });
  const reason = 'errorRate 8.62 % > max 1 % (5 errors in 58 requests)';
  const readOn = [
    reading('w1', { plan }),
    looked('w1', 0, 10, 50, 3),
    reading('j1', { by: 'judge', atMs: 12_000, base: { reading: 'w1', untilMs: 10_000 } }),
    { ...looked('j1', 10, 12, 8, 2), part: true },
    judgement('j1', 12, 'failed'),
  ];

  test('the watch alone would have called it chance', () => {
    const { stages } = backtest(recordingOf(readOn.slice(0, 2)), 'recorded');
    expect(stages[0]?.checks[0]?.last.reason).toMatch(/6 % in 50 requests is beyond max 1 %, which may be chance/);
  });

  test.each<['recorded' | AnalysisPlan]>([['recorded'], [plan]])(
    'where a judge has read on and rolled back, its checks have failed too [W51]',
    (policy) => {
      const { outcome, stages } = backtest(recordingOf(readOn), policy);
      expect(outcome).toMatchObject({ kind: 'rolledBack', atMs: 12_000, reason });
      const [check] = stages[0]?.checks ?? [];
      expect(`errorRate ${check?.last.reason ?? ''}`).toBe(reason);
      expect(check).toMatchObject({ failedAtMs: 12_000, last: { verdict: 'failed' } });
      expect(check?.runs.at(-1)?.verdict).toBe('failed');
      expect(stages[0]?.runs.at(-1)?.verdict).toBe('failed');
      expect(stages[0]).toMatchObject({ intervals: 2, candidateRequests: 58 });
    },
  );

  test('where a watch has rolled back, one that read on from a source that forgot tells nothing else [W51]', () => {
    const lines: ObservationLine[] = [
      reading('w1', { plan }),
      looked('w1', 0, 10, 50, 3),
      looked('w1', 10, 20, 8, 2),
      { v: 1, kind: 'breach', reading: 'w1', atMs: 20_000, source: 'checks', shared: false, reason },
      reading('w2', { plan, atMs: 30_000 }),
      ...[0, 10, 20].map((fromS) => unseen('w2', fromS, fromS + 10)),
    ];
    const { outcome, stages } = backtest(recordingOf(lines), 'recorded');
    expect(outcome).toMatchObject({ kind: 'rolledBack', atMs: 20_000, reason });
    expect(stages[0]?.checks[0]?.last).toMatchObject({ verdict: 'failed', reason: reason.replace('errorRate ', '') });
  });

  test('where the policy was changed before the judge came, it is judged by the changed one [W51]', () => {
    const lines: ObservationLine[] = [
      reading('w1', { plan: LENIENT }),
      looked('w1', 0, 10, 58, 5),
      reading('j1', { by: 'judge', atMs: 10_000, plan }),
      looked('j1', 0, 10, 58, 5),
      judgement('j1', 10, 'failed'),
    ];
    const { outcome, stages } = backtest(recordingOf(lines), 'recorded');
    expect(outcome).toMatchObject({ kind: 'rolledBack', atMs: 10_000, reason });
    expect(stages[0]?.checks[0]?.last).toMatchObject({ verdict: 'failed', bound: 'max 1 %' });
  });

  test('where the watch has seen more since it was judged, that is shown', () => {
    const lines: ObservationLine[] = [
      reading('w1', { plan }),
      ...seen('w1', 0, ten(0)),
      reading('j1', { by: 'judge', atMs: 2000, base: { reading: 'w1', untilMs: 2000 } }),
      judgement('j1', 2, 'inconclusive'),
    ];
    expect(backtest(recordingOf(lines), 'recorded').stages[0]).toMatchObject({ intervals: 10 });
  });
});

describe('intervals alone', () => {
  const sample: fc.Arbitrary<Sampled> = fc.oneof(
    fc.constant('no-data' as const),
    fc.record({
      requests: fc.oneof(fc.nat(500), fc.constantFrom(-5, 0, 0.5, 1e15)),
      errors: fc.oneof(fc.nat(20), fc.constantFrom(-1, 1e9)),
    }),
  );
  const someIntervals = fc.array(
    fc.record({
      startMs: fc.integer({ min: -3000, max: 60_000 }),
      lastsMs: fc.constantFrom(1000, 1000, 0, -500),
      candidate: sample,
      baseline: sample,
    }),
    { minLength: 1, maxLength: 40 },
  );
  const plan: AnalysisPlan = {
    checks: [
      { kind: 'threshold', metric: 'errorRate', max: 0.1, failureLimit: 2 },
      { kind: 'sequential', metric: 'errorRate', max: 0.02 },
      { kind: 'baseline', metric: 'errorRate', maxIncrease: 0.5 },
    ],
  };

  test('give verdict by verdict what analyse gives, whatever is in them [C-14]', () => {
    fc.assert(
      fc.property(someIntervals, (made) => {
        const intervals: AnalysisInterval[] = made.map(({ lastsMs, ...one }) => ({
          ...one,
          endMs: one.startMs + lastsMs,
        }));
        const text = intervals.map((one) => JSON.stringify({ v: 1, kind: 'interval', ...one })).join('\n');
        const { stages } = backtest(recordingOf(readObservations(text, 'x.jsonl')), plan);
        const { verdicts } = analyse(plan, intervals);
        const again = stages[0]?.runs.flatMap(({ verdict, intervals: count }) =>
          Array.from({ length: count }, () => verdict),
        );
        const rolledBack = verdicts.indexOf('failed');
        // A breach that the baseline shares does not end it.
        expect(again).toEqual(verdicts.slice(0, again?.length));
        if (rolledBack === -1) expect(again).toHaveLength(verdicts.length);
      }),
    );
  });

  test.each<[string, readonly unknown[], string]>([
    ['no request at all', [{ candidate: { requests: 0, errors: 0 } }], 'inconclusive'],
    ['nothing but errors', [{ candidate: { requests: 500, errors: 500 } }], 'failed'],
    ['more errors than requests', [{ candidate: { requests: 10, errors: 11 } }], 'error'],
    ['counts below zero', [{ candidate: { requests: -10, errors: 0 } }], 'error'],
    [
      'a clock that goes backwards',
      [
        { candidate: { requests: 500, errors: 0 } },
        { startMs: 500, endMs: 400, candidate: { requests: 500, errors: 0 } },
      ],
      'error',
    ],
    ['no baseline to compare with', [{ candidate: { requests: 500, errors: 0 } }], 'inconclusive'],
  ])('%s never passes, and says why [C-14]', (_, made, verdict) => {
    const lines = made.map((one, index) =>
      JSON.stringify({ v: 1, kind: 'interval', startMs: index * 1000, endMs: (index + 1) * 1000, ...(one as object) }),
    );
    const { stages } = backtest(recordingOf(readObservations(lines.join('\n'), 'x.jsonl')), {
      checks: [plan.checks[1], plan.checks[2]].flatMap((check) => check ?? []),
    });
    expect(stages[0]?.runs.at(-1)?.verdict).toBe(verdict);
    for (const { last } of stages[0]?.checks ?? []) expect(last.reason).not.toBe('');
    expect(stages[0]?.decisions.map(({ kind }) => kind)).not.toContain('passed');
  });
});

describe('a record that is not whole', () => {
  test('says what is missing', () => {
    const [first, second, , fourth] = seen('w1', 0, ten(0));
    const lines = [
      reading('w1'),
      ...[first, second, fourth].flatMap((line) => line ?? []),
      reading('j1', { by: 'judge', base: { reading: 'gone', untilMs: 2000 } }),
      { v: 1, kind: 'lost', rolloutId: 'shop@a', atMs: 9, lines: 3 },
    ] satisfies ObservationLine[];
    const { gaps } = recordingOf(lines);
    expect(gaps.join('\n')).toMatch(
      /3 lines could not be written\n.*w1: intervals are missing in 1 places\n.*j1: its plan is not there\n.*j1: the reading that it rests on is not there/,
    );
  });

  test('and readings that rest on each other end', () => {
    const circle = [
      reading('a', { base: { reading: 'b', untilMs: 1000 } }),
      reading('b', { base: { reading: 'a', untilMs: 1000 } }),
    ];
    expect(compareWithRecord(recordingOf(circle))).toEqual({ compared: 0, differences: [] });
    expect(backtest(recordingOf(circle), 'recorded').outcome.kind).toBe('unknown');
  });

  test('a judgement and a breach that are told in other words are no difference', () => {
    const lines: ObservationLine[] = [
      reading('w1', { plan: STRICT }),
      ...seen('w1', 0, [90]),
      { v: 1, kind: 'breach', reading: 'w1', atMs: 1000, source: 'checks', shared: false, reason: 'in other words' },
      reading('j1', { by: 'judge', atMs: 1000, plan: STRICT }),
      ...seen('j1', 0, [90]),
      judgement('j1', 1, 'failed'),
    ];
    expect(compareWithRecord(recordingOf(lines))).toEqual({ compared: 2, differences: [] });
    const other = lines.map((line) => (line.kind === 'judgement' ? judgement('j1', 1, 'successful') : line));
    expect(compareWithRecord(recordingOf(other)).differences).toHaveLength(1);
  });

  test('a breach that is none any more is named', () => {
    const breach: BreachLine = {
      v: 1,
      kind: 'breach',
      reading: 'w1',
      atMs: 1000,
      source: 'checks',
      shared: false,
      reason: 'bad',
    };
    const lines = [reading('w1', { plan: STRICT }), ...seen('w1', 0, [0]), breach];
    expect(compareWithRecord(recordingOf(lines)).differences).toEqual([
      'stage 1, watch, 1970-01-01T00:00:01.000Z: it was bad, now it is no breach',
    ]);
  });

  test('verdicts that were others are named, with both', () => {
    const lines = [reading('w1'), ...seen('w1', 0, [0]).map((line) => ({ ...line, verdict: 'failed' as const }))];
    expect(compareWithRecord(recordingOf(lines)).differences).toEqual([
      'stage 1, watch, 1970-01-01T00:00:01.000Z: it was failed, now it is successful',
    ]);
  });
});
