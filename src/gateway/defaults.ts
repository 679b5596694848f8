/** Upper bounds of the latency buckets, milliseconds; what is above the last falls into +∞. */
export const LATENCY_BOUNDS_MS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 75, 100, 150, 200, 250, 300, 400, 500, 750, 1000, 1500, 2500, 5000, 10_000,
];

/** One cell of the counters covers this long. */
export const DEFAULT_GRAIN_MS = 1000;

/** Counters are remembered this long: longer than any stage that a restarted watch asks for again in practice. */
export const DEFAULT_RETENTION_MS = 6 * 3_600_000;

/** A backend that has not begun to answer by then counts as failed (504). */
export const DEFAULT_RESPONSE_TIMEOUT_MS = 60_000;

/** How long a closing gateway waits for requests in flight before it cuts them off. */
export const DEFAULT_DRAIN_MS = 10_000;

/** Idle client connections live longer than most clients keep them, so that the client is the one who closes. */
export const CLIENT_KEEP_ALIVE_MS = 75_000;

/** An idle connection to a backend is closed after so long, or earlier where the backend announces that it will. */
export const UPSTREAM_KEEP_ALIVE_MS = 60_000;

/** A user who comes back within so many seconds keeps their side. */
export const COOKIE_MAX_AGE_SECONDS = 30 * 86_400;

/** The largest body that the admin API reads: a bulk write of ten thousand services fits in. */
export const ADMIN_BODY_LIMIT_BYTES = 4 * 1024 * 1024;

/** The same where a whole configuration is told: thousands of routes. */
export const CONFIGURED_ROUTES_LIMIT_BYTES = 4 * 1024 * 1024;

/** The most questions that one request may ask. */
export const MAX_QUESTIONS = 1000;

/** The most steps that one question for samples may have. */
export const MAX_SAMPLE_STEPS = 25_000;
