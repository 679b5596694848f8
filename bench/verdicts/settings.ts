/** How large a run is. */
export interface VerdictSettings {
  /** Simulated candidates per rate of false rollbacks. */
  readonly candidates: number;
  /** The same where every candidate has a past, bursts or latencies, which take longer. */
  readonly slowCandidates: number;
  /** Bad candidates per mean number of requests. */
  readonly badCandidates: number;
  /** Rollouts per row of the table of policies. */
  readonly rollouts: number;
  readonly seed: number;
}

export const FULL: VerdictSettings = {
  candidates: 4000,
  slowCandidates: 2000,
  badCandidates: 2000,
  rollouts: 1000,
  seed: 1,
};

/** A run of seconds: its error bars are wide. */
export const QUICK: VerdictSettings = {
  candidates: 200,
  slowCandidates: 100,
  badCandidates: 100,
  rollouts: 60,
  seed: 1,
};

/** The chance of a false alarm that is promised, for a whole rollout. */
export const ALPHA = 0.05;

/** How often a candidate is looked at. */
export const LOOKS = 100;
