import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  type ActivityOptions,
  type RetryPolicy,
} from '@temporalio/workflow';
import type { Activities } from '../../activities/contracts.js';
import { UNKNOWN_SERVICE_HERE } from '../../domain/worker-services.js';

/**
 * So often a task is handed out anew at once when workers take it that do not know its service. The server's own retries
 * are up to a second apart, which is too long for a rollback that meets three such workers in a row.
 */
const MOST_HOPS = 50;

/** How long a call that somebody waits for is retried when no worker that knows the service seems to be there. */
export const ELSEWHERE = {
  scheduleToCloseTimeout: '60s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '2s' },
} as const satisfies ActivityOptions;

type Calls = Readonly<Record<string, (input: unknown) => Promise<unknown>>>;

/**
 * The activities, each carried out by a worker that knows the service: what another one takes comes back at once, and is
 * handed out again until one takes it that does.
 *
 * @param patience what differs in the options once that was no use. Default: nothing, retried by the server.
 */
export function whereKnown(options: ActivityOptions, patience: ActivityOptions = {}): Activities {
  const first = proxyActivities<Calls>({ ...options, retry: leavingUnknown(options.retry ?? {}) });
  // Dispatched eagerly, it would come back to the very worker that does not know the service.
  const anew = { ...options, allowEagerDispatch: false };
  const again = proxyActivities<Calls>({ ...anew, retry: leavingUnknown(options.retry ?? {}) });
  const patiently = proxyActivities<Calls>({
    ...anew,
    retry: { ...options.retry, nonRetryableErrorTypes: [] },
    ...patience,
  });
  const call = async (name: string, input: unknown): Promise<unknown> => {
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      try {
        return await (hop === 0 ? first : again)[name]?.(input);
      } catch (error) {
        if (!isUnknownHere(error)) throw error;
      }
    }
    return patiently[name]?.(input);
  };
  return new Proxy({}, { get: (_, name) => (input: unknown) => call(String(name), input) }) as Activities;
}

/** A call that comes back as soon as it meets a worker that does not know the service. */
function leavingUnknown(retry: RetryPolicy): RetryPolicy {
  return { ...retry, nonRetryableErrorTypes: [UNKNOWN_SERVICE_HERE] };
}

/** Whether it failed because the worker that took it does not know the service. */
export function isUnknownHere(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === UNKNOWN_SERVICE_HERE
  );
}
