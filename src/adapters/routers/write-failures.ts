import {
  AdapterUnavailableError,
  ChangesNotMadeError,
  StaleFenceError,
  WeightsNotLastingError,
  type ErrorFacts,
} from '../../domain/errors.js';
import { authorOf, fateOfWrite, type FencedWrite } from '../../domain/traffic/fence.js';

/** What kept one instance from being told. */
export interface Failure {
  readonly instance: string;
  readonly error: unknown;
}

/** What kept the instances from doing what one change of a bulk write says. */
export interface FailedChange {
  readonly service: string;
  readonly failures: readonly Failure[];
}

/** Thrown when an instance bears a fence that the write may not replace. Nothing was changed there. */
export class StaleInstance extends Error {
  constructor(readonly fence: number) {
    super(`the write is outdated: it bears fence ${String(fence)} by ${authorOf(fence)}`);
    this.name = 'StaleInstance';
  }
}

/** Thrown when an instance does as it was told, and would forget it when it starts again. */
export class NotKept extends Error {
  constructor(reason: string) {
    super(`it would be lost at a restart: ${reason}`);
    this.name = 'NotKept';
  }
}

/** Whether the write has to be made there; not where it was made before. @throws StaleInstance when it is outdated. */
export function hasToBeMade(write: FencedWrite, borne: number, isWanted: boolean): boolean {
  const fate = fateOfWrite(write, borne, isWanted);
  if (fate === 'stale') throw new StaleInstance(borne);
  return fate === 'apply';
}

/** What to say of the failures of one write. */
export interface InWords extends ErrorFacts {
  /** What the instances could not do, behind "2 of 3 instances". */
  readonly what: string;
  /** How many instances there are. */
  readonly count: number;
  /** What would be lost at a restart, and why. */
  readonly notKept: string;
}

/**
 * The one error for all instances that were not told, or would forget it.
 *
 * A write is called outdated only where every failure is that: otherwise it is not known yet. Then the outdated part is the
 * cause of what is thrown.
 */
export function notEverywhere(
  adapter: string,
  failures: readonly Failure[],
  { what, count, notKept, ...facts }: InWords,
): AdapterUnavailableError {
  if (failures.every(({ error }) => error instanceof NotKept))
    return new WeightsNotLastingError(adapter, notKept, facts);
  const stale = staleOf(adapter, failures, count, facts);
  if (stale !== null && failures.every(({ error }) => error instanceof StaleInstance)) return stale;
  const message = `${String(failures.length)} of ${String(count)} instances ${what}`;
  return new AdapterUnavailableError(adapter, message, { ...facts, ...(stale !== null && { cause: stale }) });
}

function staleOf(
  adapter: string,
  failures: readonly Failure[],
  count: number,
  facts: ErrorFacts,
): StaleFenceError | null {
  const fences = failures.flatMap(({ error }) => (error instanceof StaleInstance ? [error.fence] : []));
  if (fences.length === 0) return null;
  const message = `the write is outdated on ${String(fences.length)} of ${String(count)} instances`;
  return new StaleFenceError(adapter, message, Math.max(...fences), facts);
}

/** The one error of a bulk write: names every service, and every instance where its change was not made. */
export function notEveryChange(
  adapter: string,
  changes: readonly FailedChange[],
  count: number,
  inWords: (error: unknown) => string,
): ChangesNotMadeError {
  const message = `${String(changes.length)} of ${String(count)} services could not be set everywhere`;
  const notMade = changes.flatMap(({ service, failures }) =>
    failures.map(({ instance, error }) => ({ service, instance, reason: inWords(error) })),
  );
  return new ChangesNotMadeError(adapter, message, notMade);
}
