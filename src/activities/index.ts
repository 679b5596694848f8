import type { LookAtHealth, LookAtMetrics } from '../domain/traffic/look-at-service.js';
import { NO_OTHER_WORKERS, type OtherWorkers } from '../ports/other-workers.js';
import type { RolloutObserver } from '../ports/rollout-observer.js';
import type { Ports } from '../ports/service.js';
import type {
  Activities,
  BringBackInput,
  CheckEnvironmentInput,
  JudgeInput,
  PreflightInput,
  ReadDriftInput,
  RecordInput,
  RunHookInput,
  SetWeightsInput,
  WatchInput,
} from './contracts.js';
import { checkEnvironment } from './check-environment.js';
import { judgeStage } from './judge-stage.js';
import { leaveToOthers } from './leave-to-others.js';
import { lookAtHealth, lookAtMetrics } from './look-at-service.js';
import type { Observer } from './observing/observer.js';
import { preflight } from './preflight.js';
import { record } from './record.js';
import { runHook } from './run-hook.js';
import { bringBack } from './stop-the-line/bring-back.js';
import { readDrift, setWeights } from './traffic.js';
import { watchStage } from './watch-stage.js';
import { withBounds } from './with-bounds.js';
import { createWorld } from './world.js';

export type { Activities } from './contracts.js';
export { Observer } from './observing/observer.js';

/**
 * The activities that a worker offers, bound to the world that it knows.
 *
 * @param ended aborted when the worker has ended
 */
export function createActivities(
  ports: Ports,
  listener?: RolloutObserver,
  observer?: Observer,
  others: OtherWorkers = NO_OTHER_WORKERS,
  ended?: AbortSignal,
): Activities {
  const world = createWorld(ports, listener, observer);
  world.wakefulness.watch(ended);
  const place = { ports, others };
  const ofPlan = (input: { readonly plan: { readonly service: string } }): string => input.plan.service;
  const ofService = (input: { readonly service: string }): string => input.service;
  return withBounds({
    preflight: leaveToOthers(place, ofPlan, (input: PreflightInput) => preflight(ports, input, world.observer)),
    setWeights: leaveToOthers(place, ofService, (input: SetWeightsInput) => setWeights(world, input)),
    readDrift: leaveToOthers(place, ofService, (input: ReadDriftInput) => readDrift(world, input)),
    watchStage: leaveToOthers(place, ofPlan, (input: WatchInput) => watchStage(world, input)),
    judgeStage: leaveToOthers(place, ofPlan, (input: JudgeInput) => judgeStage(world, input)),
    lookAtHealth: leaveToOthers(place, ofService, (input: Omit<LookAtHealth, 'kind'>) => lookAtHealth(ports, input)),
    lookAtMetrics: leaveToOthers(place, ofService, (input: Omit<LookAtMetrics, 'kind'>) => lookAtMetrics(ports, input)),
    checkEnvironment: leaveToOthers(place, ofPlan, (input: CheckEnvironmentInput) => checkEnvironment(world, input)),
    record: leaveToOthers(place, ofService, (input: RecordInput) => record(world, input)),
    runHook: leaveToOthers(place, ofService, (input: RunHookInput) => runHook(world, input)),
    bringBack: leaveToOthers(place, firstOf(ports), (input: BringBackInput) => bringBack(ports, others, input)),
  });
}

/** Which worker carries a stop out: any, unless it names services, of which it has to know the first. */
function firstOf(ports: Ports) {
  return ({ services }: BringBackInput): string => services?.[0] ?? ports.services?.[0] ?? '';
}
