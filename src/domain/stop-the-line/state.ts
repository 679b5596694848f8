import type { Life } from '../rollout/life.js';
import type { Weights } from '../traffic/weights.js';
import type { Scope } from './scope.js';

/** Why a service is not stopped yet. */
export interface Left {
  readonly service: string;
  readonly why: string;
}

/** Traffic is split, and no rollout knows what to go back to: nobody moves it. */
export interface MixedService {
  readonly service: string;
  readonly weights: Weights;
}

/** What a look at everything in scope has shown. */
export interface Sight {
  /** How many configured services are in scope. */
  readonly services: number;
  /** Rollouts that have not ended yet. */
  readonly inFlight: readonly string[];
  readonly left: readonly Left[];
  readonly mixed: readonly MixedService[];
  /** Names of the scope that stand for nothing. */
  readonly unmatched: readonly string[];
}

/** One stop, until somebody releases it. */
export interface LineStop {
  readonly id: string;
  readonly scope: Scope;
  readonly reason: string | null;
  readonly by: string | null;
  /** Of the command that asked for it: finds it again. */
  readonly commandId: string | null;
  readonly atMs: number;
  /** When everything in scope was found back, and nothing in flight; `null` while it is not. */
  readonly inForceSinceMs: number | null;
  readonly seen: Sight | null;
}

/** How a stop came to its end. */
export interface EndedStop extends Pick<LineStop, 'id' | 'scope' | 'reason' | 'by' | 'commandId' | 'atMs'> {
  readonly how: 'released' | 'refused';
  readonly why: string | null;
  readonly endedBy: string | null;
  readonly endedAtMs: number;
}

/** Everything that the workflow remembers. */
export interface LineState extends Life {
  readonly stops: readonly LineStop[];
  /** The newest, oldest first. */
  readonly ended: readonly EndedStop[];
  /** How many stops there were: numbers them. */
  readonly counted: number;
}

/** So many stops that have ended are remembered: who asked for one may still ask what became of it. */
export const REMEMBERED_ENDS = 20;

/** Stops at once; more say nothing new. */
export const MOST_STOPS = 50;
