import { UNOBSERVED, type RolloutObserver } from '../ports/rollout-observer.js';
import type { Ports } from '../ports/service.js';
import type { Activities } from './contracts.js';
import { judgeStage } from './judge-stage.js';
import { withBounds } from './with-bounds.js';
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
  return withBounds({
    preflight: (input) => preflight(ports, input, observer),
    setWeights: (input) => setWeights(ports, input),
    readDrift: (input) => readDrift(ports, input),
    watchStage: (input) => watchStage(ports, input, listener, observer),
    judgeStage: (input) => judgeStage(ports, input, observer),
    record: (input) => record(ports, input, listener),
  });
}
