/** How long a metric source may take to answer a query. */
export const DEFAULT_QUERY_TIMEOUT_MS = 10_000;
