import { UNOBSERVED, type RolloutObserver } from '../ports/rollout-observer.js';
import type { Ports } from '../ports/service.js';
import type { Activities } from './contracts.js';
import { GuardRegistry } from './guard/guard-registry.js';
import { judgeStage } from './judge-stage.js';
import { Observer } from './observing/observer.js';
import { preflight } from './preflight.js';
import { record } from './record.js';
import { readDrift, setWeights, wakefulness } from './traffic.js';
import { watchStage } from './watch-stage.js';

export type { Activities } from './contracts.js';
export { Observer } from './observing/observer.js';

/** The activities that a worker offers, bound to the world that it knows. */
export function createActivities(
  ports: Ports,
  listener: RolloutObserver = UNOBSERVED,
  observer = new Observer(ports.observations),
): Activities {
  wakefulness.watch();
  const guards = new GuardRegistry(ports.observations);
  const world = { ports, guards, observer, listener };
  return {
    preflight: (input) => preflight(ports, input, observer),
    setWeights: (input) => setWeights(world, input),
    readDrift: (input) => readDrift(world, input),
    watchStage: (input) => watchStage(world, input),
    judgeStage: (input) => judgeStage(world, input),
    record: (input) => record(ports, input, guards, listener),
  };
}
