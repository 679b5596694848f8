import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosWorld } from '../world/world.js';

/** Waits for workers to write weights. */
export class Writes {
  private readonly waiting = new Map<string, (() => void)[]>();

  constructor(world: ChaosWorld) {
    world.hearWrites((service) => {
      const waking = this.waiting.get(service) ?? [];
      this.waiting.delete(service);
      for (const wake of waking) wake();
    });
  }

  /** Until the next write of a service, or so long. */
  async next(service: string, atMostMs: number): Promise<void> {
    const waking = this.waiting.get(service) ?? [];
    this.waiting.set(service, waking);
    const written = new Promise<void>((resolve) => waking.push(resolve));
    await Promise.race([written, sleep(atMostMs, undefined, { ref: false })]);
  }
}
