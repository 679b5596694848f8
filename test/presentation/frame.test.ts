import { describe, expect, test } from 'vitest';
import { frame } from '../../src/presentation/frame.js';
import { createPaint } from '../../src/cli/output/paint.js';
import { widthOf } from '../../src/presentation/width.js';
import { OUTCOMES } from '../../src/domain/rollout/phase.js';
import type { RolloutStatus } from '../../src/domain/staged-traffic/status.js';
import { CHECKS, STORIES, type Story } from '../cli/support/statuses.js';

const plain = createPaint(false);

interface Looking {
  readonly width?: number;
  readonly height?: number;
  readonly colored?: boolean;
  readonly change?: Partial<RolloutStatus>;
}

function linesOf(story: Story, { width = 120, height, colored = false, change = {} }: Looking = {}): string[] {
  const view = { width, nowMs: story.now, paint: colored ? createPaint(true) : plain, timeZone: 'UTC' };
  return frame({ ...story.status(), ...change }, height === undefined ? view : { ...view, height });
}

function look(story: Story, looking: Looking = {}): string {
  return `\n${linesOf(story, looking).join('\n')}\n`;
}

describe('a rollout at one glance', () => {
  for (const [phase, story] of Object.entries(STORIES))
    test(`${phase}, in 120 columns`, () => {
      expect(story().status().phase).toBe(phase);
      expect(look(story())).toMatchSnapshot();
    });

  test('superseded, in 120 columns', () => {
    expect(look(STORIES.aborted(), { change: { phase: 'superseded', outcome: 'superseded' } })).toMatchSnapshot();
  });

  test('in 80 columns', () => {
    expect(look(STORIES.progressing(), { width: 80 })).toMatchSnapshot();
  });

  test('in 48 columns', () => {
    expect(look(STORIES.awaitingApproval(), { width: 48 })).toMatchSnapshot();
  });

  test('when no worker answers', () => {
    const words = 'no worker answers; it was progressing when last seen';
    const change = { worker: 'none', roles: null, reason: words, needsHuman: words, history: [] } as const;
    expect(look(STORIES.progressing(), { change })).toMatchSnapshot();
  });

  test('when the undo does not succeed', () => {
    const story = STORIES.rollingBack().happens({
      type: 'alarmed',
      cause: 'undo',
      alarm: 'could not set blue 100 %: refused',
    });
    expect(look(story)).toMatchSnapshot();
  });

  test('shows that the data plane does something else than it was told', () => {
    const observed = [
      { backend: 'green', percent: 40 },
      { backend: 'blue', percent: 60 },
    ];
    expect(look(STORIES.progressing(), { change: { observed } })).toContain('observed 40 %  ✖ differs, seen 4 s ago');
  });

  test('shows how much higher than the baseline it is, and between what that lies', () => {
    const [, check] = CHECKS;
    if (check === undefined) throw new Error('there is no check');
    const increase = { value: 0.0412, low: -0.0204, high: 0.1129 };
    const checks = [{ ...check, bound: 'max +50 %', increase }];
    expect(look(STORIES.progressing(), { change: { checks } })).toMatch(
      /latencyP99 +\? undecided +\+4\.1 % \[-2, \+11\] +max \+50 % +40\/0[^\n]*\n[^\n]*needs about 2,100 more requests/,
    );
  });

  test('shows a failed check with its reason', () => {
    const [check] = CHECKS;
    if (check === undefined) throw new Error('there is no check');
    const checks = [{ ...check, verdict: 'failed', value: 0.042, reason: '4.2 % > max 1 % (81 errors)' } as const];
    expect(look(STORIES.progressing(), { change: { checks } })).toMatch(
      /errorRate +✖ failed.*4\.2 %.* vs 0\.29 %.*max 1 %[^\n]*\n[^\n]*81 errors/,
    );
  });
});

describe('in any terminal', () => {
  for (const [phase, story] of Object.entries(STORIES))
    test(`no line of ${phase} is wider than the terminal`, () => {
      for (let width = 20; width <= 200; width += 7)
        for (const colored of [false, true])
          expect(Math.max(...linesOf(story(), { width, colored }).map(widthOf))).toBeLessThanOrEqual(width);
    });

  test('a low one loses the history first, never what to type', () => {
    const whole = linesOf(STORIES.awaitingApproval());
    const low = linesOf(STORIES.awaitingApproval(), { height: whole.length - 4 });
    expect(low).toHaveLength(whole.length - 4);
    expect(low.at(-1)).toBe(whole.at(-1));
    expect(low[0]).toBe(whole[0]);
  });

  test('a very low one still shows where it stands', () => {
    const [first] = linesOf(STORIES.progressing(), { height: 4 });
    expect(first).toContain('progressing');
    expect(linesOf(STORIES.progressing(), { height: 4 })).toHaveLength(4);
  });

  test('colours say nothing that the words do not say', () => {
    const bleached = linesOf(STORIES.held(), { colored: true }).map((line) => line.replace(/\u001b\[[0-9;]*m/g, ''));
    expect(bleached).toEqual(linesOf(STORIES.held()));
  });
});

describe('what to type', () => {
  test('is there while a rollout goes on, and names the stage where a decision is asked', () => {
    for (const [phase, story] of Object.entries(STORIES))
      if (!(OUTCOMES as readonly string[]).includes(phase)) expect(look(story())).toContain('headgate ');
    expect(look(STORIES.awaitingApproval())).toContain('headgate approve checkout --if-stage 2');
  });
});
