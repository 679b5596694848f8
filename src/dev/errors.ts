import { HeadgateError } from '../domain/errors.js';

/** Thrown when something that was waited for did not come in time. */
export class NotReadyError extends HeadgateError {
  constructor(what: string, deadlineMs: number, lastTrouble: string | null) {
    super('NOT_READY', `Waited ${String(deadlineMs / 1000)} s in vain for ${what}`, {
      expected: what,
      got: lastTrouble ?? 'nothing',
    });
  }
}

/** Thrown when a program of the development environment ended although nobody asked it to. */
export class ProgramEndedError extends HeadgateError {
  constructor(name: string, how: string, lastWords: string) {
    super('PROGRAM_ENDED', `${name} ended by itself: ${how}${lastWords === '' ? '' : `\n${lastWords}`}`, {
      expected: `${name} to run until it is stopped`,
      got: how,
    });
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
