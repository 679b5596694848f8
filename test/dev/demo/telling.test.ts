import { beforeEach, expect, test } from 'vitest';
import { endedAsItMust, type ChapterResult, type Scene } from '../../../src/dev/demo/chapter.js';
import { renderFrame, type Picture } from '../../../src/dev/demo/frame.js';
import { demoSpec, PACES, STORIES } from '../../../src/dev/demo/story.js';
import { summaryOf } from '../../../src/dev/demo/summary.js';
import { DEMO_VERSIONS } from '../../../src/dev/demo/versions.js';
import { DrawnView, PlainView } from '../../../src/dev/demo/view.js';
import { createPaint } from '../../../src/cli/output/paint.js';
import { beginCanary, type CanaryState } from '../../../src/domain/canary/state.js';
import { statusOf } from '../../../src/domain/canary/status-of.js';
import { parseSpecs } from '../../../src/spec/parse-specs.js';

const AT_MS = Date.UTC(2027, 0, 31, 14, 2, 11);
const ROLES = { baseline: 'green', candidate: 'blue' };
const plain = createPaint(false);
const [, failing] = STORIES.canary.chapters;

let state: CanaryState;
beforeEach(() => {
  const [spec] = parseSpecs(demoSpec(PACES.normal), { file: 'demo.yaml' });
  if (spec === undefined) throw new Error('the demo has a specification');
  state = {
    ...beginCanary({ id: 'checkout@7f3a', plan: { ...spec.plan, version: '1.2.0' }, atMs: AT_MS }),
    step: 'baking',
    clock: { remainingMs: 10_000, runningSinceMs: null },
    proof: null,
    roles: ROLES,
    stage: 1,
    sharePercent: 5,
    log: {
      lines: [{ number: 1, atMs: AT_MS, kind: 'decision', what: 'Stage 1 of 4: 5 % to blue, read back' }],
      count: 1,
      journaledTo: 0,
    },
  };
});

function sceneOf(now: CanaryState): Scene {
  return {
    chapter: failing,
    roles: ROLES,
    versions: { blue: '1.2.0', green: '1.1.0' },
    status: statusOf(now, AT_MS),
    candidatePercent: now.sharePercent,
  };
}

function pictureOf(now: CanaryState): Picture {
  const byVersion = new Map([
    ['1.1.0', { requests: 475, share: 0.95, errorShare: 0, p95Ms: 51 }],
    ['1.2.0', { requests: 25, share: 0.05, errorShare: 0.08, p95Ms: 48 }],
  ]);
  return { nowMs: AT_MS, scene: sceneOf(now), lately: { requests: 500, byVersion } };
}

test('the live view shows the shares, what users of each version see, the stage and what happened', () => {
  const frame = renderFrame(pictureOf(state), 200, plain).join('\n');
  expect(frame).toContain('5 % on 1.2.0, 95 % on 1.1.0');
  expect(frame).toMatch(/candidate +1\.2\.0 +blue +5 % +8 % +48 ms/);
  expect(frame).toContain('checkout  canary  ◌ progressing  stage 1/4');
  expect(frame).toContain('why: baking at 5 %');
  expect(frame).toContain('Stage 1 of 4: 5 % to blue, read back');
});

test('no line of the live view is wider than the terminal', () => {
  for (const line of renderFrame(pictureOf(state), 40, plain)) expect(line.length).toBeLessThanOrEqual(40);
});

test('the live view draws over its own frame, and gives the cursor back', () => {
  let written = '';
  const view = new DrawnView({ isTTY: true, columns: 100, rows: 30, write: (text) => (written += text) }, plain);
  view.show(pictureOf(state));
  const lines = renderFrame(pictureOf(state), 100, plain).length;
  view.show(pictureOf(state));
  expect(written).toContain(`\u001b[${String(lines)}A`);
  view.end();
  expect(written.endsWith('\u001b[?25h')).toBe(true);
});

test('a chapter went as it must only when the check that it names has failed', () => {
  const chapter = { title: '', release: DEMO_VERSIONS.failing, mustEnd: 'rolledBack', caughtBy: 'errorRate' } as const;
  const caught = (...checks: string[]) =>
    ({ outcome: 'rolledBack', stop: { cause: 'breach', at: null, checks } }) as const;
  expect(endedAsItMust(chapter, caught('errorRate', 'latencyP95'))).toBe(true);
  expect(endedAsItMust(chapter, caught('latencyP95'))).toBe(false);
  expect(endedAsItMust(chapter, { outcome: 'promoted', stop: null })).toBe(false);
});

test('without a terminal every event is told once', () => {
  const lines: string[] = [];
  const view = new PlainView((line) => lines.push(line));
  view.show(pictureOf(state));
  view.show(pictureOf(state));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/Stage 1 of 4: 5 % to blue, read back \(users saw 5 % in the last 2 s\)$/);
});

test('the summary says what happened, how fast the rollback was and how many met the bad version', () => {
  const status = statusOf(
    {
      ...state,
      step: 'ended',
      outcome: 'rolledBack',
      endedAtMs: AT_MS,
      stop: { cause: 'breach', reason: 'errorRate 8 % > max 1 %', atMs: AT_MS },
    },
    AT_MS,
  );
  const result: ChapterResult = {
    chapter: sceneOf(state).chapter,
    status,
    asItMust: true,
    tookMs: 9300,
    seen: { requests: 120, failed: 9, firstSentAtMs: AT_MS - 8000, lastSentAtMs: AT_MS - 20 },
    rollback: { firstUserToVerdictMs: 8000, verdictToZeroMs: 31, verdictToLastRequestMs: -20 },
  };
  const lines = summaryOf(result, plain).join('\n');
  expect(lines).toContain('✔ 1.2.0, a release with errors: rolled back');
  expect(lines).toContain('errorRate 8 % > max 1 %');
  expect(lines).toContain('first user → verdict 8.0 s · verdict → weights at 0 % 31 ms');
  expect(lines).toContain('the last request that met it was sent 20 ms before the verdict');
  expect(lines).toContain('120 requests met it, 9 of them failed');
  const rollback = { firstUserToVerdictMs: 8000, verdictToZeroMs: -25_000, verdictToLastRequestMs: -25_020 };
  expect(summaryOf({ ...result, rollback }, plain).join('\n')).toContain(
    '· weights at 0 % 25s before the verdict was written down',
  );
});
