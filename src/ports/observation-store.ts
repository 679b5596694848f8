import type { ObservationLine } from '../domain/observations/line.js';

/** What every verdict of a rollout was based on: enough to redo each of them. */
export interface ObservationStore {
  /**
   * Appends in order; durable when it returns. A line appended again changes nothing.
   *
   * @throws ObservationsFullError when the rollout has as many bytes as it may have.
   */
  append(rolloutId: string, lines: readonly ObservationLine[]): Promise<void>;

  /** In the order of writing, each line once; nothing of a rollout that is not known. */
  read(rolloutId: string): Promise<readonly ObservationLine[]>;

  /** The rollouts of a service that something is known of, the newest last. */
  rolloutsOf(service: string): Promise<readonly string[]>;

  /** Where a rollout's lines are, in words for people: a path. */
  placeOf(rolloutId: string): string;
}
