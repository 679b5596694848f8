import type { AlarmCause } from './alarms.js';
import type { Verb } from './commands.js';
import type { Outcome, Phase } from './phase.js';
import type { StatusEvent, StatusProblem, StatusStop } from './status.js';

/** Where a rollout stands, whatever its kind: all that listing, watching and waiting need. A kind adds what only it has. */
export interface BaseStatus {
  /** `<service>@<first run id>`. */
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly version: string | null;
  readonly phase: Phase;
  readonly outcome: Outcome | null;
  /** `null` while nothing has stopped it. */
  readonly stop: StatusStop | null;
  readonly isComplete: boolean;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** When a pause ends by itself; `null` where it waits for a person, or there is none. */
  readonly resumesAt: string | null;
  /** One sentence: why it stands where it stands. */
  readonly reason: string;
  /** Set when a person must act: what for. */
  readonly needsHuman: string | null;
  /** What the alarms in `needsHuman` are about. Absent: there is none, or nobody knows. */
  readonly alarms?: readonly AlarmCause[];
  /** The verbs that it takes now. */
  readonly takes: readonly Verb[];
  readonly warnings: readonly string[];
  /** Why it was refused before it began, one by one. Absent: it was not. */
  readonly problems?: readonly StatusProblem[];
  readonly history: readonly StatusEvent[];
  readonly requestedBy: string | null;
  readonly requestId: string | null;
  /** Who has told it: see `RolloutStatus.worker`. */
  readonly worker: 'answering' | 'busy' | 'none' | 'journal';
  /** When the live part was seen, ISO 8601 UTC. */
  readonly asOf: string;
  /** What its kind wants people to see besides, a line each. Absent: nothing. */
  readonly shown?: readonly string[];
}

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
