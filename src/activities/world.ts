import { UNOBSERVED, type RolloutObserver } from '../ports/rollout-observer.js';
import type { Ports } from '../ports/service.js';
import { GuardRegistry } from './guard/guard-registry.js';
import { GuardUndos } from './guard/guard-undos.js';
import { Heartbeats } from './guard/heartbeats.js';
import { limitConcurrency, type LimitConcurrency } from './limit-concurrency.js';
import { Observer } from './observing/observer.js';
import { createPriority, type Priority } from './priority.js';
import { HealthMemory } from './watch/health-memory.js';
import { Wakefulness } from './wakefulness.js';

/** What the activities of one worker share; nothing else outlives a call of theirs. */
export interface World {
  readonly ports: Ports;
  readonly guards: GuardRegistry;
  readonly heartbeats: Heartbeats;
  readonly undos: GuardUndos;
  readonly health: HealthMemory;
  readonly observer: Observer;
  readonly listener: RolloutObserver;
  readonly wakefulness: Wakefulness;
  /**
   * When hundreds of rollouts are stopped at once, or one after the other, all of them are at 0 % before anything else is
   * done for one. What happens to a few is nobody's hindrance.
   */
  readonly trafficFirst: Priority;
  /** When hundreds of rollouts stop at once, their records must not slow the stopping. */
  readonly fewRecords: LimitConcurrency;
}

/** Less than a rollout waits for its record before it leaves that to another workflow. */
const LONGEST_WAIT_MS = 12_000;

export function createWorld(
  ports: Ports,
  listener: RolloutObserver = UNOBSERVED,
  observer = new Observer(ports.observations),
): World {
  const trafficFirst = createPriority({ windowMs: 1000, few: 5, longestWaitMs: LONGEST_WAIT_MS });
  return {
    ports,
    guards: new GuardRegistry(),
    heartbeats: new Heartbeats(trafficFirst),
    undos: new GuardUndos(ports.observations),
    health: new HealthMemory(),
    observer,
    listener,
    wakefulness: new Wakefulness(),
    trafficFirst,
    fewRecords: limitConcurrency(4),
  };
}
