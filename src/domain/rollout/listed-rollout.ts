import type { Phase } from './phase.js';

/** One line of a list, whatever its kind. */
export interface ListedRollout {
  readonly id: string;
  readonly service: string;
  /** Its kind: what the search attribute HeadgateStrategy says. */
  readonly strategy: string;
  readonly phase: Phase | 'terminated' | 'failed';
  readonly needsHuman: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
}
