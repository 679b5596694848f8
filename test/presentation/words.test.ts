import { describe, expect, test } from 'vitest';
import { bar, sparkline } from '../../src/presentation/bars.js';
import { createPaint, wantsColor } from '../../src/cli/output/paint.js';
import { timeLeft } from '../../src/presentation/time-left.js';
import { ageWords, clockWords, preciseClockWords } from '../../src/presentation/clock.js';
import { formatDuration, formatElapsed, formatRoughDuration, formatShortTime } from '../../src/domain/duration.js';
import { fit, widthOf } from '../../src/presentation/width.js';
import { Story, STORIES } from '../cli/support/statuses.js';

const plain = createPaint(false);
const MINUTE_MS = 60_000;

describe('times for people', () => {
  test.each([
    [0, '0s'],
    [12_000, '12s'],
    [372_000, '6m 12s'],
    [600_000, '10m'],
    [602_000, '10m 02s'],
    [3_840_000, '1h 04m'],
    [3_599_600, '1h'],
    [7_200_000, '2h'],
    [86_399_700, '1d'],
    [183_600_000, '2d 3h'],
  ])('%i ms is %s', (ms, words) => {
    expect(formatDuration(ms)).toBe(words);
  });

  test('what is quick has tenths, and what is very quick milliseconds', () => {
    const words = [-3, 36, 412, 9940, 12_400].map(formatShortTime);
    expect(words).toEqual(['0 ms', '36 ms', '0.4 s', '9.9 s', '12 s']);
    expect([36, 9940, 12_400, 372_000].map(formatElapsed)).toEqual(['36 ms', '9.9 s', '12s', '6m 12s']);
  });

  test('an estimate is rounded up to one unit', () => {
    expect([400, 39_400, 372_000, 9_000_000].map(formatRoughDuration)).toEqual(['1 s', '40 s', '7 m', '3 h']);
  });

  test('an age is never below zero, also when two clocks differ', () => {
    const at = '2027-01-31T14:02:11.400Z';
    expect(ageWords(at, Date.parse(at) - 5000)).toBe('just now');
    expect(ageWords(at, Date.parse(at) + 4000)).toBe('4 s ago');
    expect(ageWords(at, Date.parse(at) + 130_000)).toBe('2m 10s ago');
  });

  test('the clock is that of the reader', () => {
    const at = '2027-01-31T14:02:11.400Z';
    expect(clockWords(at, 'UTC')).toBe('14:02:11');
    expect(clockWords(at, 'Asia/Tokyo')).toBe('23:02:11');
    expect(preciseClockWords(at, 'UTC')).toBe('14:02:11.4');
  });
});

describe('time left', () => {
  test('before the first percent every stage is ahead', () => {
    const story = STORIES.waiting();
    expect(timeLeft(story.status(), story.now)).toEqual({ stageMs: null, fullMs: 55 * MINUTE_MS, approvals: 1 });
  });

  test('a stage that runs counts down', () => {
    const story = STORIES.progressing();
    expect(timeLeft(story.status(), story.now)).toEqual({
      stageMs: 372_000,
      fullMs: 372_000 + 30 * MINUTE_MS,
      approvals: 1,
    });
  });

  test('a pause keeps what remains [C-09]', () => {
    const story = STORIES.paused();
    const before = timeLeft(story.status(), story.now);
    story.after(60 * MINUTE_MS);
    expect(timeLeft(story.status(), story.now)).toEqual(before);
    expect(before.stageMs).toBe(10 * MINUTE_MS);
  });

  test('at 100 % only the rollback window is left', () => {
    const story = STORIES.promoting();
    expect(timeLeft(story.status(), story.now)).toEqual({ stageMs: 6 * MINUTE_MS, fullMs: null, approvals: 0 });
  });

  test('what is being undone has no time to 100 %', () => {
    for (const story of [STORIES.rollingBack(), STORIES.rolledBack(), STORIES.promoted(), STORIES.aborted()])
      expect(timeLeft(story.status(), story.now)).toEqual({ stageMs: null, fullMs: null, approvals: 0 });
  });

  test('a stage that is not yet read back has its whole duration ahead', () => {
    const story = new Story()
      .after(10)
      .happens({ type: 'preflightPassed', roles: { baseline: 'blue', candidate: 'green' }, warnings: [] });
    expect(timeLeft(story.status(), story.now).fullMs).toBe(55 * MINUTE_MS);
  });
});

describe('bars', () => {
  test('a share fills its part', () => {
    expect(bar(0, 10, plain)).toBe('··········');
    expect(bar(50, 10, plain)).toBe('█████·····');
    expect(bar(100, 10, plain)).toBe('██████████');
  });

  test('a very small share shows', () => {
    expect(bar(0.001, 10, plain)).toBe('▏·········');
  });

  test('a sparkline goes from the smallest to the largest', () => {
    expect(sparkline([0, 1, 2, 7], 8)).toBe('▁▂▃█');
    expect(sparkline([5, 5, 5], 8)).toBe('▁▁▁');
    expect(sparkline([], 8)).toBe('');
    expect(sparkline([9, 0, 1], 2)).toBe('▁█');
  });
});

describe('widths', () => {
  test('colours take no room, wide characters take two columns', () => {
    expect(widthOf(createPaint(true).bad('four'))).toBe(4);
    expect(widthOf('日本')).toBe(4);
  });

  test('what does not fit is cut and marked, and its colour ends', () => {
    expect(fit('checkout', 5)).toBe('chec…');
    expect(fit('checkout', 8)).toBe('checkout');
    expect(fit('日本語', 4)).toBe('日…');
    expect(fit(createPaint(true).bad('checkout'), 5)).toBe('\u001b[31mchec…\u001b[0m');
  });
});

describe('colours', () => {
  test.each([
    { asked: undefined, env: {}, isTTY: true, wanted: true },
    { asked: undefined, env: {}, isTTY: false, wanted: false },
    { asked: undefined, env: { NO_COLOR: '1' }, isTTY: true, wanted: false },
    { asked: undefined, env: { NO_COLOR: '' }, isTTY: true, wanted: true },
    { asked: undefined, env: { TERM: 'dumb' }, isTTY: true, wanted: false },
    { asked: undefined, env: { FORCE_COLOR: '1' }, isTTY: false, wanted: true },
    { asked: true, env: { NO_COLOR: '1' }, isTTY: false, wanted: true },
    { asked: false, env: { FORCE_COLOR: '1' }, isTTY: true, wanted: false },
  ])('$env, a terminal: $isTTY, asked: $asked → $wanted', ({ wanted, ...wish }) => {
    expect(wantsColor(wish)).toBe(wanted);
  });
});
