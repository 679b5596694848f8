/** The chance of a false alarm for a whole plan over a whole rollout. */
export const DEFAULT_ALPHA = 0.05;

/** How many of the candidate's requests a stage needs before a counted check may pass. */
export const DEFAULT_MIN_REQUESTS = 100;

/** A measurement of a threshold check needs as many requests. */
export const DEFAULT_MEASUREMENT_REQUESTS = 1;

/** So many intervals without data in a row are borne; one more is an error. Argo Rollouts' default. */
export const DEFAULT_CONSECUTIVE_ERROR_LIMIT = 4;

/** How soon a measurement is tried again after an error. Argo Rollouts' default. */
export const ERROR_RETRY_MS = 10_000;

/** How many values a check keeps for a sparkline. */
export const RECENT_VALUES = 24;

/** A sliding window is kept in at most so many parts, so that a long one does not make the state grow. */
export const WINDOW_PARTS = 60;

/** Counts may be off by rounding: a rate is above a bound only by more than this. */
export const RATE_TOLERANCE = 1e-9;
