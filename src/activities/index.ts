import { NO_OTHER_WORKERS, type OtherWorkers } from '../ports/other-workers.js';
import { UNOBSERVED, type RolloutObserver } from '../ports/rollout-observer.js';
import type { Ports } from '../ports/service.js';
import type {
  Activities,
  JudgeInput,
  PreflightInput,
  ReadDriftInput,
  RecordInput,
  SetWeightsInput,
  WatchInput,
} from './contracts.js';
import { GuardRegistry } from './guard/guard-registry.js';
import { GuardUndos } from './guard/guard-undos.js';
import { judgeStage } from './judge-stage.js';
import { leaveToOthers } from './leave-to-others.js';
import { Observer } from './observing/observer.js';
import { preflight } from './preflight.js';
import { record } from './record.js';
import { readDrift, setWeights, wakefulness } from './traffic.js';
import { watchStage } from './watch-stage.js';
import { withBounds } from './with-bounds.js';

export type { Activities } from './contracts.js';
export { Observer } from './observing/observer.js';

/** The activities that a worker offers, bound to the world that it knows. */
export function createActivities(
  ports: Ports,
  listener: RolloutObserver = UNOBSERVED,
  observer = new Observer(ports.observations),
  others: OtherWorkers = NO_OTHER_WORKERS,
): Activities {
  wakefulness.watch();
  const guards = new GuardRegistry();
  const undos = new GuardUndos(ports.observations);
  const world = { ports, guards, undos, observer, listener };
  const place = { ports, others };
  const ofPlan = (input: { readonly plan: { readonly service: string } }): string => input.plan.service;
  const ofService = (input: { readonly service: string }): string => input.service;
  return withBounds({
    preflight: leaveToOthers(place, ofPlan, (input: PreflightInput) => preflight(ports, input, observer)),
    setWeights: leaveToOthers(place, ofService, (input: SetWeightsInput) => setWeights(world, input)),
    readDrift: leaveToOthers(place, ofService, (input: ReadDriftInput) => readDrift(world, input)),
    watchStage: leaveToOthers(place, ofPlan, (input: WatchInput) => watchStage(world, input)),
    judgeStage: leaveToOthers(place, ofPlan, (input: JudgeInput) => judgeStage(world, input)),
    record: leaveToOthers(place, ofService, (input: RecordInput) => record(ports, input, guards, listener)),
  });
}
