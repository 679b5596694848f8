import { describe, expect, test } from 'vitest';
import { closingLinesOf } from '../../src/presentation/any-kind.js';
import { closingLines } from '../../src/presentation/closing.js';
import { eventLine } from '../../src/presentation/frame.js';
import { createPaint } from '../../src/cli/output/paint.js';
import { Transitions } from '../../src/presentation/transitions.js';
import { PLAN, Story, STORIES } from '../cli/support/statuses.js';

const plain = createPaint(false);
const MINUTE_MS = 60_000;

function told(story: Story): (change?: object) => string[] {
  const transitions = new Transitions({ nowMs: () => story.now, timeZone: 'UTC' });
  return (change = {}) => transitions.linesFor({ ...story.status(), ...change });
}

describe('where nobody watches a screen', () => {
  test('every transition is one line, told once', () => {
    const story = new Story();
    const tell = told(story);
    expect(tell()).toEqual([
      'checkout@7f3a2b10: waiting, 0 %',
      '14:00:00  Started 2.7.0: 5 % → 25 % → 50 % → 100 %  by ci:acme/shop#9913',
    ]);
    expect(tell()).toEqual([]);
    story.begins();
    expect(tell()).toEqual(['14:00:01  Stage 1 of 4: 5 % to green, read back']);
    story.commanded('pause', { by: 'ada', reason: 'lunch' });
    expect(tell()).toEqual(['14:00:01  Paused at 5 %: lunch  by ada']);
    expect(tell()).toEqual([]);
  });

  test('a sign of life comes every 60 s, with where it stands and how long it still takes', () => {
    const story = new Story().begins();
    const tell = told(story);
    tell();
    story.after(59_000);
    expect(tell()).toEqual([]);
    story.after(1000);
    expect(tell()).toEqual([
      '14:01:01  still progressing, stage 1/4, 5 % on green, 95 % on blue; 9m left in stage · 54m + 1 approval to 100 %; latencyP99 431 ms (max 500 ms)',
    ]);
    story.after(30_000);
    expect(tell()).toEqual([]);
  });

  test('that a person is needed is said once, with what to type', () => {
    const story = STORIES.awaitingApproval();
    const lines = told(story)();
    expect(lines.at(-1)).toContain('needs you: waiting for approval to leave 25 %');
    expect(lines.at(-1)).toContain('headgate approve checkout --if-stage 2');
  });

  test('a worker that goes away and comes back is told', () => {
    const story = STORIES.progressing();
    const tell = told(story);
    tell();
    expect(tell({ worker: 'none' })).toEqual(['14:18:49  no worker answers; the rollout goes on as soon as one does']);
    expect(tell({ worker: 'none' })).toEqual([]);
    expect(tell()).toEqual(['14:18:49  a worker answers again']);
  });

  test('a worker that is busy is not said to be away, nor is anybody called [W33]', () => {
    const story = STORIES.progressing();
    const tell = told(story);
    tell();
    expect(tell({ worker: 'busy' })).toEqual(['14:18:49  the worker is busy; the rollout goes on meanwhile']);
    expect(tell({ worker: 'busy', needsHuman: 'x' })).toEqual([]);
    expect(tell()).toEqual(['14:18:49  a worker answers again']);
  });

  test('what is over gives no sign of life', () => {
    const story = STORIES.promoted();
    const tell = told(story);
    tell();
    story.after(10 * MINUTE_MS);
    expect(tell()).toEqual([]);
  });
});

describe('the last word', () => {
  for (const [phase, story] of Object.entries(STORIES))
    test(phase, () => {
      expect(`\n${closingLines(story().status(), plain, 'UTC').join('\n')}\n`).toMatchSnapshot();
    });

  test('a failed preflight says that nothing has moved', () => {
    const story = new Story()
      .happens({ type: 'preflightFailed', reason: 'candidate: green does not answer' })
      .happens({ type: 'undoBegan' })
      .undone();
    expect(closingLines(story.status(), plain)[0]).toBe(
      '✖ checkout was not started, nothing has moved: candidate: green does not answer',
    );
  });

  test('what has aborted it is told by its cause, whatever the reason begins with', () => {
    const story = new Story({ ...PLAN, onDrift: 'abort' })
      .begins()
      .happens({ type: 'drifted', reason: 'abort-proxy does green 40 %' })
      .happens({ type: 'undoBegan' })
      .undone();
    expect(closingLines(story.status(), plain)[0]).toBe('■ checkout aborted: abort-proxy does green 40 %');
  });

  test.each([
    ['breach', 'verdict'],
    ['judgement', 'verdict'],
    ['abort', 'command'],
    ['emergencyStop', 'command'],
    ['approvalTimeout', 'decision'],
    ['drift', 'decision'],
    ['unknownDeadline', 'decision'],
    ['fault', 'decision'],
  ] as const)('how long traffic took to be back after a %s is reckoned from the %s [C-06]', (cause, word) => {
    const status = STORIES.rolledBack().status();
    const [, traffic] = closingLines({ ...status, stop: { cause, at: status.endedAt } }, plain, 'UTC');
    expect(traffic).toMatch(new RegExp(` after the ${word}$`));
  });

  test('an undo that does not succeed says where traffic may still be [C-11]', () => {
    const story = STORIES.rollingBack().happens({
      type: 'alarmed',
      cause: 'undo',
      alarm: 'could not set blue 100 %: refused',
    });
    const [headline, traffic] = closingLines(story.status(), plain);
    expect(headline).toBe('✖ checkout is rollingBack, and that is failing: could not set blue 100 %: refused');
    expect(traffic).toBe('  told: all traffic on blue; not confirmed by the router: 25 % may still be on green');
  });
});

test('what somebody has written on several lines is shown on one [W31]', () => {
  const event = { at: '2027-01-31T14:02:11.400Z', what: 'Paused: lunch\n14:02:12  Promoted', by: 'ada\rroot' };
  expect(eventLine(event, { timeZone: 'UTC' })).toBe('14:02:11  Paused: lunch 14:02:12  Promoted  by ada root');
  const status = {
    ...STORIES.progressing().status(),
    outcome: 'rolledBack',
    reason: 'lunch\n✔ checkout promoted',
  } as const;
  expect(closingLines(status, plain, 'UTC')[0]).toBe('✖ checkout rolled back: lunch ✔ checkout promoted');
  const { stages, ...ofAnyKind } = status;
  expect(stages).not.toEqual([]);
  expect(closingLinesOf(ofAnyKind, plain)[0]).toContain('checkout: lunch ✔ checkout promoted');
});
