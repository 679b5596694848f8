/**
 * Loaded before the workflows of any kind. The SDK notes of every promise of a workflow where it was made, for the query
 * `__stack_trace`: that is half of what all workflows of a worker cost, and of the time that an abort waits for a worker that
 * is busy or new. Where a workflow failed is found by replaying its history without this line.
 */
Error.stackTraceLimit = 0;

export {};
