/** Over how many probes of an endpoint a share is taken. */
export const WINDOW_PROBES = 20;

/** With fewer probes of an endpoint than that, its health is unknown. */
export const KNOWN_FROM_PROBES = 5;

/** So many failures in a row are enough, however well the window looks. */
export const CONSECUTIVE_FAILURES = 3;

/** A probe older than so many intervals says nothing about now: one round may be missed, not two. */
export const FRESH_INTERVALS = 2;

/** No window is longer: it travels in every heartbeat. */
export const MOST_WINDOW_PROBES = 100;
