import type { Behaviour } from '../schedule/schedule.js';
import type { BehaviourSpan } from '../timeline/timeline.js';
import type { Slot } from '../world/plane.js';
import type { ChaosWorld } from '../world/world.js';
import type { Recorder } from './recorder.js';

const HEALTHY: Behaviour = { kind: 'healthy' };

/** Tells backends how to behave, and keeps since when they do. */
export class Behaving {
  private readonly now = new Map<string, Omit<BehaviourSpan, 'toMs'>>();

  constructor(
    private readonly world: ChaosWorld,
    private readonly recorder: Recorder,
  ) {}

  async set(service: string, slot: Slot, how: Behaviour): Promise<void> {
    const key = `${service}/${slot}`;
    const before = this.now.get(key);
    if (before === undefined && how.kind === 'healthy') return;
    await this.world.behave(service, slot, how);
    const atMs = Date.now();
    if (before !== undefined) this.recorder.behaviours.push({ ...before, toMs: atMs });
    if (how.kind === 'healthy') this.now.delete(key);
    else this.now.set(key, { service, slot, how, fromMs: atMs });
  }

  async allHealthy(): Promise<void> {
    await Promise.all([...this.now.values()].map(({ service, slot }) => this.set(service, slot, HEALTHY)));
  }
}
