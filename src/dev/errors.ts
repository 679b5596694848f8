import { formatElapsed } from '../domain/duration.js';
import { HeadgateError, type ErrorFacts } from '../domain/errors.js';

/** Thrown when something that was waited for did not come in time. */
export class NotReadyError extends HeadgateError {
  constructor(what: string, deadlineMs: number, lastTrouble: string | null) {
    super('NOT_READY', `Waited ${formatElapsed(deadlineMs)} in vain for ${what}`, {
      expected: what,
      got: lastTrouble ?? 'nothing',
    });
  }
}

/** Thrown when a program of the development environment ended although nobody asked it to. */
export class ProgramEndedError extends HeadgateError {
  constructor(
    name: string,
    how: string,
    /** The newest lines that it wrote. */
    readonly output: string,
  ) {
    super('PROGRAM_ENDED', `${name} ended by itself: ${how}${output === '' ? '' : `\n${output}`}`, {
      expected: `${name} to run until it is stopped`,
      got: how,
    });
  }
}

/** Thrown when a gateway could not begin to serve, with its own code and words. */
export class GatewayFailedError extends HeadgateError {
  constructor(
    code: string,
    message: string,
    /** The port that it could not have; `null` when it is not about one. */
    readonly port: number | null,
    facts: ErrorFacts,
  ) {
    super(code, message, facts);
  }
}

/** Thrown when the directory is in use by another development environment. */
export class AlreadyRunningError extends HeadgateError {
  constructor(directory: string, pid: number) {
    super('DEV_ALREADY_RUNNING', `A development environment already runs in ${directory}`, {
      expected: 'one environment per directory',
      got: `process ${String(pid)}`,
      remedy: 'Use the one that runs, stop it with Ctrl-C, or choose another --directory',
    });
  }
}

/** Thrown when nothing can be kept in the directory: read-only, full, or no directory at all. */
export class DirectoryUnusableError extends HeadgateError {
  constructor(directory: string, cause: Error) {
    super('DIRECTORY_UNUSABLE', `Nothing can be written in ${directory}`, {
      expected: 'a folder that this user may write, on a disk with free space',
      got: cause.message,
      remedy: 'Mend that, or choose another --directory',
      cause,
    });
  }
}

/** Thrown when something else answers where a gateway of ours should listen. Nothing was started. */
export class PortInUseError extends HeadgateError {
  constructor(adminUrl: string, configFile: string, by: string) {
    super('PORT_IN_USE', `${adminUrl} is in use, where ${configFile} expects its gateway`, {
      expected: 'the gateway of this project, or nobody',
      got: by,
      remedy: 'End what is there, or choose another port under routers: and metrics: in headgate.yaml',
      next: ['headgate doctor'],
    });
  }
}

/** Thrown when Temporal has ended and cannot be started again. */
export class TemporalLostError extends HeadgateError {
  constructor(cause: unknown, gateways: readonly { readonly trafficUrl: string }[]) {
    const where = gateways.map(({ trafficUrl }) => trafficUrl).join(', ');
    super(
      'TEMPORAL_LOST',
      `Temporal could not be started again: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        expected: 'a Temporal server that is there again after a few tries',
        ...(where === ''
          ? {}
          : { remedy: `Users are served as before at ${where}. Mend what is said above, then start again` }),
        next: ['headgate dev'],
        cause,
      },
    );
  }
}
