import { EMPTY_PROBE_LOG } from '../../domain/health/probe-log.js';
import type { ProbeMemory } from './probes.js';

/** The newest so many rollouts are remembered; an older one is probed anew. */
const MOST_ROLLOUTS = 2000;

/**
 * How both environments of a rollout were when they were probed last, in this worker: a switch begins another watch, and
 * what was seen of an environment stays true.
 */
export class HealthMemory {
  private readonly seen = new Map<string, NonNullable<ProbeMemory['probesOfSlots']>>();

  keep(rolloutId: string, { probesOfSlots }: ProbeMemory): void {
    if (probesOfSlots === undefined) return;
    this.seen.delete(rolloutId);
    this.seen.set(rolloutId, probesOfSlots);
    const [oldest] = this.seen.keys();
    if (this.seen.size > MOST_ROLLOUTS && oldest !== undefined) this.seen.delete(oldest);
  }

  of(rolloutId: string): ProbeMemory | null {
    const probesOfSlots = this.seen.get(rolloutId);
    return probesOfSlots === undefined ? null : { probes: EMPTY_PROBE_LOG, probesOfSlots };
  }
}
