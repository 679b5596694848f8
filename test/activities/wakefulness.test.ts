import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Wakefulness } from '../../src/activities/wakefulness.js';

const BEGAN_MS = Date.UTC(2026, 0, 1);

describe('what comes in', () => {
  let wakefulness: Wakefulness;
  const frozenFor = (ms: number): void => void vi.setSystemTime(Date.now() + ms);
  const running = (ms: number): void => void vi.advanceTimersByTime(ms);

  beforeEach(() => {
    vi.useFakeTimers({ now: BEGAN_MS, toFake: ['Date', 'setInterval', 'clearInterval', 'performance'] });
    wakefulness = new Wakefulness();
    wakefulness.watch();
    running(60_000);
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const sentBeforeMs = (): number => Date.now() - wakefulness.sentMs();

  test('was sent just now, also to a process that was busy', () => {
    expect(sentBeforeMs()).toBe(0);
    frozenFor(4000);
    expect(sentBeforeMs()).toBe(0);
  });

  test('may have been sent when the process stood still, until it has caught up', () => {
    frozenFor(40_000);
    expect(sentBeforeMs()).toBe(40_000);
    running(900);
    expect(sentBeforeMs()).toBe(40_900);
    running(200);
    expect(sentBeforeMs()).toBe(0);
  });

  test('may have been sent when it stood still, also when a timer was first to notice', () => {
    frozenFor(40_000);
    running(500);
    expect(sentBeforeMs()).toBe(40_500);
  });

  test('may have been sent before the first of two standstills when there was no time to catch up', () => {
    frozenFor(40_000);
    running(500);
    frozenFor(10_000);
    expect(sentBeforeMs()).toBe(50_500);
  });

  test('is not refused for long when somebody sets the clock', () => {
    frozenFor(3_600_000);
    expect(sentBeforeMs()).toBe(3_600_000);
    frozenFor(-3_600_000);
    running(1100);
    expect(sentBeforeMs()).toBe(0);
  });

  test('is noted until the worker has ended, and not a moment longer', () => {
    const ended = new AbortController();
    new Wakefulness().watch(ended.signal);
    expect(vi.getTimerCount()).toBe(2);
    ended.abort();
    expect(vi.getTimerCount()).toBe(1);
  });
});
