import { HeadgateError } from '../domain/errors.js';

/** Thrown when a port that the worker is to listen on belongs to somebody else. It was not started. */
export class WorkerPortInUseError extends HeadgateError {
  constructor(key: string, variable: string, address: string, cause: Error) {
    super('PORT_IN_USE', `The worker cannot listen at ${address}, its ${key}`, {
      expected: 'a port that nobody has',
      got: cause.message,
      remedy: `End what is there, or set another ${key} in headgate.yaml, or ${variable}`,
      cause,
    });
  }
}

/** Thrown when a worker would know no service: it could do nothing but take tasks from those that do. */
export class NoServicesError extends HeadgateError {
  constructor(file: string | null) {
    super('NO_SERVICES', 'A worker that knows no service is not started', {
      expected: 'at least one service under services: in headgate.yaml',
      got: file === null ? 'no headgate.yaml in the working folder, and none named' : `${file}, which names none`,
      remedy: 'Run it where headgate.yaml is, or name the file with --config or HEADGATE_CONFIG',
      next: ['headgate worker --config FILE', 'headgate init'],
    });
  }
}
