import { activityInfo, ApplicationFailure } from '@temporalio/activity';
import { HeadgateError } from '../domain/errors.js';
import { UNKNOWN_SERVICE_HERE, UNKNOWN_SERVICE_HERE_SO_FAR } from '../domain/worker-services.js';
import type { OtherWorkers } from '../ports/other-workers.js';
import type { Ports } from '../ports/service.js';

/** Where the server retries, and not the workflow: the next worker may know it, whatever the interval for failures is. */
const RETRY_MS = 500;

/** So often a task comes round before this worker says itself that nobody knows its service. */
const MOST_ROUNDS = 20;

type Activity<Input, Output> = (input: Input) => Promise<Output>;

/**
 * Leaves a task of a service that this worker does not know to a worker that may know it, by failing so that it is handed
 * out again. Where nobody else may know it, or those who may have left it to each other for long, the activity runs, and says
 * what is missing.
 */
export function leaveToOthers<Input, Output>(
  { ports, others }: { readonly ports: Pick<Ports, 'serviceNamed'>; readonly others: OtherWorkers },
  serviceOf: (input: Input) => string,
  run: Activity<Input, Output>,
): Activity<Input, Output> {
  return async (input) => {
    const service = serviceOf(input);
    if (isKnown(ports, service)) return run(input);
    const info = activityInfo();
    const memory: unknown = info.heartbeatDetails;
    // A local activity is of this very worker; its workflow has another way behind it.
    if (!info.isLocal && (info.attempt >= MOST_ROUNDS || !(await others.mayKnow(service)))) return run(input);
    throw ApplicationFailure.create({
      type: memory === undefined ? UNKNOWN_SERVICE_HERE : UNKNOWN_SERVICE_HERE_SO_FAR,
      message: `this worker does not know the service "${service}": left to another one`,
      nextRetryDelay: RETRY_MS,
      category: 'BENIGN',
    });
  };
}

function isKnown(ports: Pick<Ports, 'serviceNamed'>, service: string): boolean {
  try {
    ports.serviceNamed(service);
    return true;
  } catch (error) {
    return !(error instanceof HeadgateError && error.code === 'UNKNOWN_SERVICE');
  }
}
