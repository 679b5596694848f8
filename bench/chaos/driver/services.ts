import type { StartAction } from '../schedule/schedule.js';
import type { Look } from '../timeline/timeline.js';
import type { Slot } from '../world/plane.js';

/** What the driver remembers of a service, to say what a person would say. */
export class ServiceMemory {
  /** The slot that had all the traffic when the newest rollout was asked for. */
  baseline: Slot = 'blue';
  /** The first run of the newest rollout; `null` before the first. */
  current: string | null = null;
  /** Rollouts that were there before it, newest first. */
  readonly stale: string[] = [];
  /** What the last pipeline called its run. */
  requestId = '';
  private requests = 0;
  /** What was seen of the one in flight; `null` when none is. */
  look: Look | null = null;
  /** Called with the next change of the candidate's behaviour in mind: a new start forgets an old one. */
  turn: NodeJS.Timeout | null = null;

  get candidate(): Slot {
    return this.baseline === 'blue' ? 'green' : 'blue';
  }

  /** As CI names it: `repository:run:attempt:job`. */
  requestIdOf(request: StartAction['request']): string | null {
    const [repository = 'acme/shop', run = '1', attempt = '1', job = 'release'] = this.requestId.split(':');
    switch (request) {
      case 'none':
        return null;
      case 'same':
        return this.requestId === '' ? null : this.requestId;
      case 'again':
        this.requestId = [repository, run, String(Number(attempt) + 1), job].join(':');
        return this.requestId;
      case 'new':
        this.requests += 1;
        this.requestId = `acme/shop:${String(this.requests)}:1:release`;
        return this.requestId;
    }
  }

  began(firstRunId: string): void {
    if (this.current === firstRunId) return;
    if (this.current !== null) this.stale.unshift(this.current);
    this.current = firstRunId;
  }
}

/** The memory of each service. */
export class Services {
  private readonly memories = new Map<string, ServiceMemory>();

  of(service: string): ServiceMemory {
    const memory = this.memories.get(service) ?? new ServiceMemory();
    this.memories.set(service, memory);
    return memory;
  }
}
