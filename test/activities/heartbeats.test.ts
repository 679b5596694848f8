import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Heartbeats } from '../../src/activities/guard/heartbeats.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function attempt() {
  const sent: unknown[] = [];
  return { sent, heartbeat: (details: unknown) => void sent.push(details) };
}

test('heartbeats of several watches leave together, each with the newest picture', async () => {
  const heartbeats = new Heartbeats({ busyForMs: () => 0 });
  const [blue, green] = [attempt(), attempt()];
  heartbeats.send(blue, () => 1);
  await vi.advanceTimersByTimeAsync(100);
  heartbeats.send(green, () => 2);
  heartbeats.send(blue, () => 3);
  expect([blue.sent, green.sent]).toEqual([[], []]);
  await vi.advanceTimersByTimeAsync(150);
  expect([blue.sent, green.sent]).toEqual([[3], [2]]);

  await vi.advanceTimersByTimeAsync(10_000);
  expect([blue.sent, green.sent]).toEqual([[3], [2]]);
  heartbeats.send(green, () => 4);
  await vi.advanceTimersByTimeAsync(250);
  expect(green.sent).toEqual([2, 4]);
});

test('an attempt that has ended sends no more', async () => {
  const heartbeats = new Heartbeats({ busyForMs: () => 0 });
  const [ended, goesOn] = [attempt(), attempt()];
  heartbeats.send(ended, () => 1);
  heartbeats.send(goesOn, () => 2);
  heartbeats.forget(ended);
  await vi.advanceTimersByTimeAsync(250);
  expect([ended.sent, goesOn.sent]).toEqual([[], [2]]);
});

test('while traffic goes back for many, heartbeats wait, but never so long that a watch is missed', async () => {
  let busyForMs = 1000;
  const heartbeats = new Heartbeats({ busyForMs: () => busyForMs });
  const watch = attempt();
  heartbeats.send(watch, () => 1);
  await vi.advanceTimersByTimeAsync(1400);
  expect(watch.sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(100);
  expect(watch.sent).toEqual([1]);

  heartbeats.send(watch, () => 2);
  await vi.advanceTimersByTimeAsync(250);
  expect(watch.sent).toEqual([1]);
  busyForMs = 0;
  await vi.advanceTimersByTimeAsync(1000);
  expect(watch.sent).toEqual([1, 2]);
});
