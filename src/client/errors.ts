import { HeadgateError, type ErrorFacts } from '../domain/errors.js';
import type { StatusBase } from '../domain/rollout/status.js';
import { frozenWords, type FrozenBy } from '../domain/stop-the-line/freeze.js';

/** Thrown when nothing is known of a rollout, neither on the server nor in the journal. */
export class RolloutNotFoundError extends HeadgateError {
  constructor(id: string) {
    super('ROLLOUT_NOT_FOUND', `There is no rollout ${id}`, {
      expected: 'the id of a rollout, or a service that has had one',
      got: id,
      remedy: 'Look at what there is',
      next: ['headgate list'],
    });
  }
}

/** Thrown when a service has a rollout in flight: there is one at a time, and the server sees to it. */
export class RolloutInFlightError extends HeadgateError {
  /** @param place where it stands, in a few words. @default its phase */
  constructor(
    readonly inFlight: StatusBase,
    place?: string,
  ) {
    const { service, id, phase, requestedBy } = inFlight;
    const where = place === undefined ? `, ${phase}` : ` at ${place}`;
    super(
      'ROLLOUT_IN_FLIGHT',
      `${service} already has a rollout in flight: ${id}${where}${requestedBy === null ? '' : `, started by ${requestedBy}`}`,
      {
        expected: 'no rollout of this service in flight',
        got: id,
        remedy: 'Follow it, or stop it first',
        next: [`headgate watch ${service}`, `headgate abort ${service} --reason …`],
      },
    );
  }
}

/** Thrown when a rollout does not take a command as it stands. Nothing has changed. */
export class CommandRefusedError extends HeadgateError {
  constructor(id: string, verb: string, refusal: { readonly code: string; readonly message: string }) {
    super(refusal.code, `${id} does not take "${verb}" now: ${refusal.message}`, remedyOf(id, verb, refusal.code));
  }
}

/** Stopping means to go back: once a rollout has ended there is another way. */
function remedyOf(id: string, verb: string, code: string): Pick<ErrorFacts, 'remedy' | 'next'> {
  const status = `headgate status ${id}`;
  const [service = id] = id.split('@');
  if (code !== 'ROLLOUT_ENDED' || (verb !== 'abort' && verb !== 'emergencyStop')) return { next: [status] };
  return {
    remedy: 'To go back to what served before it, undo it',
    next: [`headgate undo ${service} --reason …`, status],
  };
}

/** Thrown when Temporal cannot be reached: whether something happened is not known. */
export class ServerUnreachableError extends HeadgateError {
  constructor(address: string, cause: unknown) {
    super('SERVER_UNREACHABLE', `Temporal cannot be reached at ${address}`, {
      expected: 'a Temporal server that answers',
      remedy: address.includes('://')
        ? 'Write the address as host:port, without a scheme'
        : 'Start one (headgate dev), or set TEMPORAL_ADDRESS',
      next: ['headgate doctor'],
      cause,
    });
  }
}

/** Thrown when the server is there but no worker answers in time; a signal would wait for one, an answer cannot. */
export class NoWorkerError extends HeadgateError {
  constructor(id: string, verb: string) {
    super('NO_WORKER', `No worker answered "${verb}" for ${id} in time; whether it was taken is not known`, {
      expected: 'a headgate worker that polls this namespace',
      remedy:
        'Start one (headgate worker), then look at the status. An abort waits for a worker, so it can be sent now',
      next: [`headgate status ${id}`, `headgate abort ${id} --reason …`],
    });
  }
}

/** Thrown when the namespace lacks what Headgate needs, or does not exist. */
export class NamespaceNotReadyError extends HeadgateError {
  constructor(message: string, commands: readonly string[]) {
    super('NAMESPACE_NOT_READY', message, {
      remedy: 'Run these commands once, or correct the name of the namespace',
      next: commands,
    });
  }
}

/** Thrown when a start is refused because a stop of the line covers the service. Nothing was started. */
export class LineStoppedError extends HeadgateError {
  constructor(
    service: string,
    readonly stop: FrozenBy,
  ) {
    super('LINE_STOPPED', `${service} is not started: the line is stopped: ${frozenWords(stop)}`, {
      expected: 'no stop that covers the service',
      remedy: 'Wait until it is released; to go back to what served before is not refused',
      next: [
        `headgate stop-the-line --release --stop ${stop.id} --reason …`,
        `headgate undo ${service} --now --reason …`,
      ],
    });
  }
}

/** Thrown when a stop, or a release, is not taken as it stands. */
export class LineRefusedError extends HeadgateError {
  constructor(code: string, message: string) {
    super(code, message, {
      remedy: 'Look at which services there are, and which stops',
      next: ['headgate config show', 'headgate list'],
    });
  }
}

/** Thrown when there is nothing to release. */
export class NothingStoppedError extends HeadgateError {
  constructor() {
    super('NOT_STOPPED', 'Nothing is stopped', { expected: 'a stop that is in force', next: ['headgate list'] });
  }
}

/** Thrown when the scope of a stop names nothing. */
export class ScopeError extends HeadgateError {
  constructor(scope: readonly string[]) {
    super('INVALID_SCOPE', 'The scope names no service', {
      expected: 'names of services, in which * stands for any characters; no scope at all for every service',
      got: scope.length === 0 ? 'nothing' : scope.join(', '),
    });
  }
}
