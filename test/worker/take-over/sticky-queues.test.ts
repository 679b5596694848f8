import proto from '@temporalio/proto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  spread,
  stickyQueueOf,
  waitingTaskOf,
  type HistoryEvent,
} from '../../../src/worker/take-over/sticky-queues.js';

const { EventType, TaskQueueKind } = proto.temporal.api.enums.v1;
const STICKY = TaskQueueKind.TASK_QUEUE_KIND_STICKY;
const NORMAL = TaskQueueKind.TASK_QUEUE_KIND_NORMAL;

const signaled: HistoryEvent = { eventType: EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED };
const scheduled = (name: string, kind = STICKY, normalName = 'headgate'): HistoryEvent => ({
  eventType: EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
  workflowTaskScheduledEventAttributes: { taskQueue: { name, kind, normalName } },
});

test("the newest workflow task names its worker's queue, whatever has happened since [C-12]", () => {
  const newestFirst = [signaled, signaled, scheduled('7@new-1'), signaled, scheduled('6@old-1')];
  expect(stickyQueueOf(newestFirst, 'headgate')).toEqual({ name: '7@new-1', kind: STICKY, normalName: 'headgate' });
});

test.each([
  ['it went to the common queue, to all workers', [scheduled('headgate', NORMAL, ''), scheduled('6@old-1')]],
  ["it went to a worker of somebody else's", [scheduled('7@new-1', STICKY, 'another')]],
  ['the queue has no name', [scheduled('')]],
  ['there is none', [signaled]],
  ['there is nothing at all', []],
])('no queue is named when %s [C-12]', (_, newestFirst) => {
  expect(stickyQueueOf(newestFirst, 'headgate')).toBeNull();
});

const event = (eventType: proto.temporal.api.enums.v1.EventType, eventId: number): HistoryEvent =>
  proto.temporal.api.history.v1.HistoryEvent.fromObject({ eventType, eventId });

test('a task waits until somebody has taken it, whatever has happened since [C-12]', () => {
  const waits = event(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, 7);
  expect(waitingTaskOf([signaled, waits, event(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 4)])).toBe('7');
  expect(waitingTaskOf([event(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, 8), waits])).toBeNull();
  expect(waitingTaskOf([event(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, 9), waits])).toBeNull();
  expect(waitingTaskOf([signaled])).toBeNull();
});

test('of many rollouts some are asked, the newest and old ones among them; of few, all [C-12]', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 1, max: 60 }), (count, most) => {
      const all = Array.from({ length: count }, (_, index) => index);
      const chosen = spread(all, most);
      expect(chosen).toHaveLength(Math.min(count, most));
      expect(new Set(chosen).size).toBe(chosen.length);
      if (count > 0) expect(chosen[0]).toBe(0);
      const gaps = chosen.map((index, at) => (chosen[at + 1] ?? count) - index);
      expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(Math.max(1, Math.ceil(count / most)));
    }),
  );
});
