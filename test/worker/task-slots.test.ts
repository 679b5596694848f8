import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SlotReserveContext } from '@temporalio/worker';
import { createTaskSlots } from '../../src/worker/task-slots.js';

const FOR_A_TASK = {
  slotType: 'workflow',
  taskQueue: 'q',
  workerIdentity: 'w',
  workerBuildId: '',
  isSticky: true,
} as const;
const FOR_AN_ACTIVITY: SlotReserveContext = { ...FOR_A_TASK, slotType: 'local-activity' };
const TASK = { type: 'workflow', workflowType: 'canaryRollout', isSticky: true } as const;
const ACTIVITY = { type: 'local-activity', activityType: 'setWeights' } as const;
const permit = {};
const never = new AbortController().signal;

/** A worker that takes what it may, and does with it what a test says. */
function worker(held: number, most = 1000) {
  const { workflowTasks, localActivities } = createTaskSlots(held, most);
  let taken = 0;
  const take = (): void => {
    void workflowTasks.reserveSlot(FOR_A_TASK, never).then(() => {
      taken += 1;
      workflowTasks.markSlotUsed({ slotInfo: TASK, permit });
    });
  };
  return {
    take,
    taken: () => taken,
    finish: () => workflowTasks.releaseSlot({ slotInfo: TASK, permit }),
    beginMoving: async () => {
      await localActivities.reserveSlot(FOR_AN_ACTIVITY, never);
      localActivities.markSlotUsed({ slotInfo: ACTIVITY, permit });
    },
    endMoving: () => localActivities.releaseSlot({ slotInfo: ACTIVITY, permit }),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a worker in a crowd', () => {
  test('holds no more tasks than it may, and takes the next as soon as one is done [W8]', async () => {
    const { take, taken, finish } = worker(2);
    for (let task = 0; task < 5; task += 1) take();
    await settled();
    expect(taken()).toBe(2);
    finish();
    await settled();
    expect(taken()).toBe(3);
  });

  test('takes another task for each whose weights are on their way: nobody waits for the data plane of others [W8]', async () => {
    const { take, taken, beginMoving, endMoving, finish } = worker(1);
    for (let task = 0; task < 3; task += 1) take();
    await settled();
    expect(taken()).toBe(1);
    await beginMoving();
    await settled();
    expect(taken()).toBe(2);
    endMoving();
    finish();
    await settled();
    expect(taken()).toBe(2);
    finish();
    await settled();
    expect(taken()).toBe(3);
  });

  test('gives up waiting when it is told to, and loses no place by it', async () => {
    const { workflowTasks } = createTaskSlots(1, 1);
    await workflowTasks.reserveSlot(FOR_A_TASK, never);
    const stopping = new AbortController();
    const waiting = workflowTasks.reserveSlot(FOR_A_TASK, stopping.signal);
    stopping.abort(new Error('shut down'));
    await expect(waiting).rejects.toThrow('shut down');
    workflowTasks.releaseSlot({ permit });
    await expect(workflowTasks.reserveSlot(FOR_A_TASK, never)).resolves.toEqual({});
  });

  test('holds at most what it may in any order of events, and never stands still with a free place [W8]', async () => {
    const actions = fc.array(fc.constantFrom('take', 'finish', 'begin', 'end'), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(actions, fc.integer({ min: 1, max: 4 }), async (steps, held) => {
        const one = worker(held);
        let [asked, done, moving] = [0, 0, 0];
        for (const step of steps) {
          const inHand = one.taken() - done;
          if (step === 'take') {
            one.take();
            asked += 1;
          } else if (step === 'finish' && inHand > moving) {
            one.finish();
            done += 1;
          } else if (step === 'begin' && inHand > moving) {
            await one.beginMoving();
            moving += 1;
          } else if (step === 'end' && moving > 0) {
            one.endMoving();
            moving -= 1;
          }
          await settled();
          const counted = one.taken() - done - moving;
          // One whose weights have landed counts again, so there may be more than are taken anew, never fewer than could be.
          if (one.taken() < asked) expect(counted).toBeGreaterThanOrEqual(held);
        }
      }),
      { numRuns: 200 },
    );
  });
});
