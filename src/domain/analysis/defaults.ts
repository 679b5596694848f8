/** How many checks a plan may have. */
export const MOST_CHECKS = 100;

/** The chance of a false alarm for a whole plan over a whole rollout. */
export const DEFAULT_ALPHA = 0.05;

/** How many of the candidate's requests a stage needs before a counted check may pass. */
export const DEFAULT_MIN_REQUESTS = 100;

/** A measurement of a threshold check needs as many requests. */
export const DEFAULT_MEASUREMENT_REQUESTS = 1;

/** So many intervals without data in a row are borne; one more is an error. Argo Rollouts' default. */
export const DEFAULT_CONSECUTIVE_ERROR_LIMIT = 4;

/** A limit on measurements is at most this: what no rollout can break would be none. */
export const MOST_MEASUREMENTS = 1_000_000;

/** How soon a measurement is tried again after an error. Argo Rollouts' default. */
export const ERROR_RETRY_MS = 10_000;

/** How many values a check keeps for a sparkline. */
export const RECENT_VALUES = 24;

/** A sliding window is kept in at most so many parts, so that a long one does not make the state grow. */
export const WINDOW_PARTS = 60;

/** Counts may be off by rounding: a rate is above a bound only by more than this. */
export const RATE_TOLERANCE = 1e-9;

/**
 * A histogram may have so much more than there were requests, whichever is more: a source reads the two one after the
 * other, and may count a request before it measures its latency.
 */
export const HISTOGRAM_TOLERANCE = { requests: 10, share: 0.1 } as const;

/** Latencies of less than this share of a stage's answered requests say nothing about the others. */
export const LEAST_TIMED_SHARE = 0.5;

/** As many more unanswered requests as the baseline has are borne: twice its share. */
export const UNANSWERED_INCREASE = 1;

/**
 * The chance of a false alarm by unanswered requests over a whole rollout: so small that it does not touch what is
 * promised of the plan's checks, and a candidate that hangs is found a few requests later.
 */
export const UNANSWERED_ALPHA = 0.001;

/** Under this share they are no harm, whatever the baseline has. */
export const UNANSWERED_LEAST_SHARE = 0.01;

/** Without a baseline to compare with, a larger share cannot be called usual. */
export const UNANSWERED_ALONE_SHARE = 0.1;

/** Most of so few requests say nothing. */
export const UNANSWERED_LEAST = 10;

/** How many alternatives evidence is gathered for. */
export const ALTERNATIVES = 24;

/** The worst alternative is so many times what is allowed. */
export const WORST_ALTERNATIVE = 40;

/** No alternative is worse than this share of bad requests, unless more is allowed. */
export const WORST_SHARE = 0.9;

/** The weight of an alternative that begins with the very first interval; the rest is kept for later changes. */
export const FIRST_WEIGHT = 0.8;

/** The rest falls slowly for about so many intervals, then faster. */
export const LATER_OFFSET = 10;

/** The chance that a check is taken for proven healthy although it is not. */
export const HEALTH_BETA = 0.05;

/**
 * How much failures are taken to scatter before the baseline has told. Four times what chance alone gives is what
 * verdicts must bear; with just 4, simulated bursts of that size roll back up to 5.4 % instead of 5 %.
 */
export const DEFAULT_DISPERSION = 4.5;

/** Failures cannot scatter less than by chance; above this an estimate says more about an incident than about noise. */
export const DISPERSION_RANGE = { least: 1, most: 16 } as const;

/** The baseline tells how its failures scatter after so many intervals. */
export const DISPERSION_MIN_INTERVALS = 30;

/** And only when something bad happened in so many of them: rare failures hide that they come in bursts. */
export const DISPERSION_MIN_BAD_INTERVALS = 10;

/** Under this share of the traffic the baseline is no fair comparison. */
export const MIN_BASELINE_SHARE = 0.01;

/** A baseline's latencies count less with every later interval, so that a slow drift of both is followed. */
export const REFERENCE_DECAY = 0.99;

/** The baseline's latencies are compared with only after so many requests. */
export const REFERENCE_MIN_REQUESTS = 100;

/** Latencies are compared at a bucket's edge that a share of the baseline exceeds within this factor of the asked one. */
export const REFERENCE_SHARE_FACTOR = 3;

/** Evidence is capped here, far beyond any bound, so that it stays a number that JSON can carry. */
export const MOST_EVIDENCE = 1e300;

/** So many nats against chance: it would show as much once in twenty times. */
export const NOT_BY_CHANCE = 3;

/** A latency histogram is kept with so many buckets at most: several of them travel in workflow payloads. */
export const MOST_BUCKETS = 128;
