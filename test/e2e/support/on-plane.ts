import type { RolloutStatus } from '../../../src/domain/staged-traffic/status.js';
import type { FaultyPlane } from './faulty-plane.js';
import type { WorldOn } from './world.js';

/** What tests of a data plane wait for, and ask it. */
export interface OnPlane {
  /** Until a stage is set and watched. */
  readonly baked: (id: string, stage?: number) => Promise<RolloutStatus>;
  readonly ended: (id: string) => Promise<RolloutStatus>;
  readonly held: (id: string) => Promise<RolloutStatus>;
  /** Until it says that it needs people. */
  readonly alarmed: (id: string) => Promise<RolloutStatus>;
  /** Until a rollback says that it needs people. */
  readonly stuck: (id: string) => Promise<RolloutStatus>;
  /** What both instances do, asked past everything. */
  readonly entries: (service?: string) => Promise<readonly (string | undefined)[]>;
}

export function onPlane(world: () => WorldOn<FaultyPlane>): OnPlane {
  return {
    baked: (id, stage = 1) =>
      world().status(
        id,
        `stage ${String(stage)} to bake`,
        ({ currentStage, stageStartedAt, phase }) =>
          currentStage === stage && stageStartedAt !== null && phase !== 'waiting',
      ),
    ended: (id) => world().status(id, 'the rollout to end', ({ isComplete }) => isComplete),
    held: (id) => world().status(id, 'the drift to be found', ({ phase }) => phase === 'held'),
    alarmed: (id) => world().status(id, 'people to be told', ({ needsHuman }) => needsHuman !== null),
    stuck: (id) =>
      world().status(
        id,
        'the rollback to say what it stands at',
        ({ phase, needsHuman }) => phase === 'rollingBack' && needsHuman !== null,
      ),
    entries: (service) => Promise.all([0, 1].map((index) => world().plane.served(index, service))),
  };
}
