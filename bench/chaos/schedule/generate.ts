import { seededRandom } from '../../../src/domain/simulation/random.js';
import { chooser } from './chooser.js';
import { chooseFaults } from './faults.js';
import type { ChaosRouter, Schedule, ServiceSetup } from './schedule.js';
import { EVERY_PLOT, tellStory } from './stories.js';

/** How large a round is. */
export interface RoundSize {
  readonly services: number;
  readonly workers: number;
  readonly durationMs: number;
  /** Users of one service; enough that a bad share is noticed, few enough for two cores. */
  readonly requestsPerSecond: number;
  readonly pauseBetweenFaultsMs: number;
}

/** Streams of their own: another service more does not change what happens to the others. */
const FAULTS = 0;
const FIRST_SERVICE = 1;

/** The same seed and size give the same schedule. */
export function generateSchedule(seed: number, router: ChaosRouter, size: RoundSize): Schedule {
  const { workers, durationMs, requestsPerSecond, pauseBetweenFaultsMs } = size;
  const services: ServiceSetup[] = Array.from({ length: size.services }, (_, index) => ({
    name: `svc-${String(index)}`,
    requestsPerSecond,
    tellsVersion: index % 2 === 1,
  }));
  const faults = chooseFaults(chooser(seededRandom(seed, FAULTS)), {
    workers,
    durationMs,
    pauseMs: pauseBetweenFaultsMs,
  });
  const stories = services.flatMap(({ name }, index) =>
    tellStory(chooser(seededRandom(seed, FIRST_SERVICE + index)), name, { plots: EVERY_PLOT, durationMs }),
  );
  const steps = [...faults, ...stories].filter(({ atMs }) => atMs < durationMs).sort((a, b) => a.atMs - b.atMs);
  return { seed, router, workers, services, durationMs, steps };
}
