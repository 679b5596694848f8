import { UNOBSERVED, type RolloutObserver } from '../ports/rollout-observer.js';
import type { Ports } from '../ports/service.js';
import type { Activities } from './contracts.js';
import { judgeStage } from './judge-stage.js';
import { preflight } from './preflight.js';
import { record } from './record.js';
import { readDrift, setWeights } from './traffic.js';
import { watchStage } from './watch-stage.js';

export type { Activities } from './contracts.js';

/** The activities that a worker offers, bound to the world that it knows. */
export function createActivities(ports: Ports, observer: RolloutObserver = UNOBSERVED): Activities {
  return {
    preflight: (input) => preflight(ports, input),
    setWeights: (input) => setWeights(ports, input),
    readDrift: (input) => readDrift(ports, input),
    watchStage: (input) => watchStage(ports, input, observer),
    judgeStage: (input) => judgeStage(ports, input),
    record: (input) => record(ports, input, observer),
  };
}
