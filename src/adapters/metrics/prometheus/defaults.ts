/** Scrapes further apart than this have nothing to do with each other: as long as Prometheus itself remembers a value. */
export const LONGEST_GAP_MS = 300_000;

/** How many of the newest distances between scrapes tell the usual one. */
export const PERIODS_LOOKED_AT = 5;

/** Prometheus is punctual to a few milliseconds; a target that takes long to answer is not late. */
export const DUE_AFTER_PERIODS = 0.9;

/** A target that has not been scraped for so many periods, and for so long, is left out until it is scraped again. */
export const GONE_AFTER_PERIODS = 3;
export const GONE_AFTER_MS = 3000;

/** How long a scrape that is under way is waited for before its step is said to have no data yet. */
export const LONGEST_WAIT_MS = 1000;
export const WAIT_STEP_MS = 50;

/** Clocks further apart than this make counts belong to the wrong stage. */
export const LONGEST_CLOCK_SKEW_MS = 5000;

/**
 * A scrape takes a moment, in which requests go on ending: so many, or such a share of what was counted, may be in one
 * bucket of a histogram and not yet in a larger one.
 */
export const LARGEST_SKEW = { requests: 3, share: 0.01 } as const;

/** Raw samples of so much time at once; longer ranges are asked for in parts, so that no answer gets too big. */
export const LONGEST_RANGE_MS = 3_600_000;
