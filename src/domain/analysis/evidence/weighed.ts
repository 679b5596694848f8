import { HEALTH_BETA } from '../defaults.js';
import type { Excess } from './excess.js';
import { NO_EVIDENCE, type Evidence } from './process.js';
import { dispersionOf, NO_SCATTER, type Scatter } from './scatter.js';

/** What evidence is weighed by. */
export interface Weighing {
  /** The chance of a false alarm of one process. */
  readonly alpha: number;
  /** φ where the plan fixes it; `null`: from the baseline's past. */
  readonly dispersion: number | null;
  /** Whether a pass needs evidence of health. */
  readonly needsProof: boolean;
}

/** Evidence about one hypothesis. */
export interface Weighed {
  /** For the whole rollout. */
  readonly harm: Evidence;
  /** For the stage. */
  readonly health: Evidence;
  readonly excess: Excess | null;
  readonly scatter: Scatter;
}

export function freshWeighed(scatter: Scatter = NO_SCATTER): Weighed {
  return { harm: NO_EVIDENCE, health: NO_EVIDENCE, excess: null, scatter };
}

/** For a new stage: evidence of harm stays, evidence of health is gathered anew. */
export function carryWeighed(weighed: Weighed): Weighed {
  return { ...weighed, health: NO_EVIDENCE };
}

/** φ for the next interval: the plan's own, or from what the baseline did before. */
export function dispersionFor({ dispersion }: Weighing, { scatter }: Weighed): number {
  return dispersion ?? dispersionOf(scatter);
}

export function isHarmProven({ alpha }: Weighing, { harm }: Weighed): boolean {
  return harm.level >= 1 / alpha;
}

export function isHealthProven({ health }: Weighed): boolean {
  return health.level >= 1 / HEALTH_BETA;
}

/** How much of the evidence that it takes to fail is not there yet, 0–1. */
export function harmLeft({ alpha }: Weighing, { harm }: Weighed): number {
  if (!(harm.level > 1)) return 1;
  return Math.max(0, 1 - Math.log(harm.level) / -Math.log(alpha));
}
