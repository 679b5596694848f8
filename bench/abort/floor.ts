import type { Client } from '@temporalio/client';
import { inParallel } from '../lib/in-parallel.js';
import { FLOOR_QUEUE, FLOOR_SIGNAL, floorName } from './settings.js';

const CONCURRENCY = 32;

/** Bare workflows that wait for a signal and then run one activity: the least that Temporal can do here. */
export class Floor {
  private used = 0;

  constructor(private readonly client: Client) {}

  /** Starts `count` of them, each for a route of its own, and waits until all are waiting. */
  async begin(count: number): Promise<readonly string[]> {
    const routes = Array.from({ length: count }, (_, index) => floorName(this.used + index));
    this.used += count;
    await inParallel(routes, CONCURRENCY, async (route) => {
      const handle = await this.client.workflow.start('floor', {
        workflowId: route,
        taskQueue: FLOOR_QUEUE,
        args: [route],
      });
      // Answered only once the workflow has run its first task.
      await handle.query('__stack_trace');
    });
    return routes;
  }

  /** Until all of them have completed: what they leave to be done must not weigh on what is measured next. */
  async ended(routes: readonly string[]): Promise<void> {
    await inParallel(routes, CONCURRENCY, (route) => this.client.workflow.getHandle(route).result());
  }

  async signal(route: string): Promise<void> {
    await this.client.workflow.getHandle(route).signal(FLOOR_SIGNAL);
  }
}
