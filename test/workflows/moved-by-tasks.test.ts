import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { describe, expect, test } from 'vitest';
import { interceptors } from '../../src/workflows/shared/moved-by-tasks.js';

type Activation = Parameters<NonNullable<WorkflowInternalsInterceptor['activate']>>[0]['activation'];

const TIMER = { fireTimer: { seq: 1 } };
const QUESTION = { queryWorkflow: { queryId: 'q', queryType: 'status' } };

/** What a task tells: the size of the history and the time are its own. */
const task = (events: number, change: Partial<Activation> = {}): Activation =>
  ({
    historyLength: events,
    historySizeBytes: events * 100,
    timestamp: { seconds: 1_700_000_000 + events, nanos: 0 },
    isReplaying: false,
    jobs: [TIMER],
    ...change,
  }) as unknown as Activation;

/** What a worker tells that is asked before the task came: more events, but nothing of a newer task. */
const aheadOf = (before: Activation, events: number, change: Partial<Activation> = {}): Activation => ({
  ...before,
  historyLength: events,
  ...change,
});

function told(...activations: readonly Activation[]): number {
  const [guard] = interceptors().internals ?? [];
  let passed = 0;
  for (const activation of activations) guard?.activate?.({ activation, batchIndex: 0 }, () => (passed += 1));
  return passed;
}

describe('a workflow is moved', () => {
  test('by one task after the other', () => {
    expect(told(task(3), task(9), task(15))).toBe(3);
  });

  test('by several parts of one task, e.g. a local activity that has ended', () => {
    expect(told(task(3), task(9), task(9))).toBe(3);
  });

  test('by what it has heard before, told again', () => {
    const replayed = { isReplaying: true };
    expect(told(task(3, replayed), aheadOf(task(3), 9, replayed))).toBe(2);
  });

  test('by a task although the clock of the server stands or goes back', () => {
    const { timestamp = null } = task(3);
    expect(told(task(3), task(9, { timestamp }))).toBe(2);
  });

  test('never by what came before its task, which only a question brings', () => {
    expect(() => told(task(3), aheadOf(task(3), 5))).toThrow('ask again');
  });
});

test('a question is answered from what the last task has left', () => {
  expect(told(task(3), aheadOf(task(3), 5, { jobs: [QUESTION], isReplaying: true }))).toBe(2);
});
