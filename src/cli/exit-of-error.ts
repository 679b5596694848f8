import { HeadgateError } from '../domain/errors.js';
import type { Exit } from './exit-codes.js';
import { InterruptedError } from './errors.js';

/** Which exit each error code has. A code that is not named is unexpected. */
const EXITS: Readonly<Record<string, Exit>> = {
  INVALID_USAGE: 'invalid',
  INVALID_SPEC: 'invalid',
  INVALID_CONFIG: 'invalid',
  INVALID_PAYLOAD_CODEC: 'invalid',
  NO_SERVICES: 'invalid',
  INVALID_COMMAND: 'invalid',
  INVALID_ROLLOUT_ID: 'invalid',
  INVALID_WEIGHTS: 'invalid',
  UNKNOWN_BACKEND: 'invalid',
  NOT_SPLITTABLE: 'invalid',
  NOT_CONFIRMED: 'invalid',
  UNKNOWN_KIND: 'invalid',
  AMBIGUOUS_KIND: 'invalid',
  NAMESPACE_NOT_READY: 'invalid',
  FILE_NOT_READABLE: 'invalid',
  DIRECTORY_UNUSABLE: 'invalid',
  FILE_EXISTS: 'invalid',
  INVALID_SCOPE: 'invalid',
  SCOPE_MATCHES_NOTHING: 'invalid',
  ROLLOUT_NOT_FOUND: 'notFound',
  NOT_STOPPED: 'notFound',
  OBSERVATIONS_NOT_FOUND: 'notFound',
  UNKNOWN_SERVICE: 'notFound',
  ROLLOUT_IN_FLIGHT: 'conflict',
  LINE_STOPPED: 'conflict',
  SEVERAL_STOPS: 'conflict',
  TOO_MANY_STOPS: 'conflict',
  WRONG_ROLLOUT: 'conflict',
  STALE_STAGE: 'conflict',
  ROLLOUT_ENDED: 'conflict',
  ROLLING_BACK: 'conflict',
  NOT_STARTED: 'conflict',
  NOT_AWAITING_APPROVAL: 'conflict',
  PAUSED: 'conflict',
  NOT_PAUSED: 'conflict',
  NOT_AT_FULL_LOAD: 'conflict',
  REFUSED: 'conflict',
  NOT_UNDOABLE: 'conflict',
  DEV_ALREADY_RUNNING: 'conflict',
  PORT_IN_USE: 'conflict',
  STRATEGY_NOT_IN_TIER: 'conflict',
  MONITORING_NOT_IN_TIER: 'conflict',
  SERVER_UNREACHABLE: 'unreachable',
  NO_WORKER: 'unreachable',
  LOOK_FAILED: 'unreachable',
  ADAPTER_UNAVAILABLE: 'unreachable',
  PROGRAM_ENDED: 'unreachable',
  NOT_READY: 'unreachable',
  TEMPORAL_LOST: 'unreachable',
  PORT_NOT_ALLOWED: 'notAllowed',
  WAIT_TIMED_OUT: 'timedOut',
};

/** gRPC's own codes, where Temporal's client passes them on. */
const GRPC_EXITS: Readonly<Record<number, Exit>> = {
  4: 'unreachable',
  5: 'notFound',
  7: 'notAllowed',
  14: 'unreachable',
  16: 'notAllowed',
};

export function exitOfError(error: unknown): Exit {
  if (error instanceof InterruptedError) return error.interrupt === 'SIGINT' ? 'interrupted' : 'terminated';
  // A server that does not let us in is reachable, whatever the attempt to connect is called.
  const grpc = grpcCodeOf(error);
  if (grpc === 7 || grpc === 16) return 'notAllowed';
  if (error instanceof HeadgateError) return EXITS[error.code] ?? 'unexpected';
  return (grpc === null ? undefined : GRPC_EXITS[grpc]) ?? 'unexpected';
}

/** The code of the gRPC error behind `error`, found by its shape: the library that throws it is not loaded for this. */
export function grpcCodeOf(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  if ('code' in error && typeof error.code === 'number' && 'details' in error) return error.code;
  return grpcCodeOf(error.cause);
}
